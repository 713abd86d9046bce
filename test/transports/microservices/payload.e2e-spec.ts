import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type INestMicroservice, Injectable, Module, Scope } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  Payload,
  Transport,
} from '@nestjs/microservices';
import {
  Authorize,
  CurrentUser,
  type Identity,
  PatronusModule,
  type PolicyContext,
  Resource,
  ResourcePolicy,
  TenantContext,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { microservices, withIdentity } from '@patronus/nestjs/microservices';
import { freePort } from '../../environment/free-port.mjs';
import { outcomeOf } from './outcome.js';

interface Note {
  readonly id: string;
  readonly tenant: string;
}

/** Reads the scalars of a payload as parameters, and the whole of it as the body. */
@Injectable()
class CanSeeNote extends ResourcePolicy<Note> {
  load({ params }: PolicyContext) {
    return { id: params['id'] ?? '', tenant: 'norte' };
  }
  tenantOf({ tenant }: Note) {
    return tenant;
  }
  permits({ id }: Note, { body }: PolicyContext) {
    return id === '7' && JSON.stringify(body).includes('"reason":["because"]');
  }
}

@Controller({ path: '', scope: Scope.REQUEST })
class NotesController {
  constructor(private readonly tenant: TenantContext) {}

  @MessagePattern({ cmd: 'see' })
  @Authorize(CanSeeNote)
  see(@Payload() payload: object, @Resource() note: Note, @CurrentUser() user: Identity) {
    return { payload, note: note.id, user: user.id, tenant: this.tenant.id };
  }
}

describe('the payload of a call', () => {
  let issuer: TestIssuer;
  let app: INestMicroservice;
  let alone: ClientProxy;
  let client: ClientProxy;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: oidc({ issuer: issuer.url, audience: 'test' }),
          tenancy: { claim: 'empresa_id', path: 'empresaId' },
          transports: [microservices()],
        }),
      ],
      controllers: [NotesController],
      providers: [CanSeeNote],
    })
    class NotesModule {}
    const options = { host: '127.0.0.1', port: await freePort() };
    app = await NestFactory.createMicroservice(NotesModule, {
      transport: Transport.TCP,
      options,
      logger: false,
    });
    await app.listen();
    alone = ClientProxyFactory.create({ transport: Transport.TCP, options });
    const token = await issuer.token({ sub: 'ana', empresa_id: 'norte' });
    client = withIdentity(alone, { token });
  });
  afterAll(async () => {
    await alone.close();
    await app.close();
    await issuer.stop();
  });

  const see = (payload: object) => outcomeOf(client.send({ cmd: 'see' }, payload));

  it('is what policies decide on, also where controllers are made for each call', async () => {
    const payload = { id: 7, empresaId: 'norte', reason: ['because'] };
    expect(await see(payload)).toEqual({
      answer: { payload, note: '7', user: 'ana', tenant: 'norte' },
    });
    expect(await see({ ...payload, id: 8 })).toMatchObject({ code: 'permission_denied' });
    expect(await see({ ...payload, reason: ['no'] })).toMatchObject({ code: 'permission_denied' });
    expect(await outcomeOf(alone.send({ cmd: 'see' }, payload))).toMatchObject({
      code: 'token_missing',
    });
  });

  it('may name the tenant, and cannot choose another', async () => {
    const payload = { id: 7, empresaId: 'sur', reason: ['because'] };
    expect(await see(payload)).toMatchObject({ code: 'tenant_mismatch' });
  });

  it.each([[[1, 2]], ['text'], [7]])('may be %j', async (payload) => {
    expect(await outcomeOf(client.send({ cmd: 'see' }, payload))).toMatchObject({
      code: 'permission_denied',
    });
  });
});

import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  type ReadPacket,
} from '@nestjs/microservices';
import {
  AuthEvents,
  CurrentUser,
  type DeniedEvent,
  type Identity,
  PatronusModule,
  Public,
  RequirePermissions,
  TenantContext,
} from '@patronus/nestjs';
import { firstValueFrom } from 'rxjs';
import { microservices, withIdentity } from '@patronus/nestjs/microservices';
import { until } from '../../environment/until.js';
import { TransportBed } from '../transport-bed.js';
import { BROKERS, type Sent } from './brokers.js';
import { outcomeOf } from './outcome.js';

const run = randomUUID();
const heard: unknown[] = [];

@Controller()
class NotesController {
  constructor(private readonly tenant: TenantContext) {}

  @MessagePattern(`${run}.echo`)
  @RequirePermissions('notes.read')
  async echo(@Payload() payload: unknown, @CurrentUser() user: Identity) {
    const before = this.tenant.id;
    await wait(1);
    return { payload, user: user.id, before, after: this.tenant.id };
  }

  @MessagePattern(`${run}.public`)
  @Public()
  open() {
    return { user: null, tenant: this.tenant.idOrNull };
  }

  @EventPattern(`${run}.written`)
  @RequirePermissions('notes.read')
  written(@Payload() payload: unknown) {
    heard.push({ payload, tenant: this.tenant.id });
  }
}

describe.each(BROKERS)('calls over %s', (_name, broker) => {
  const denied: DeniedEvent[] = [];
  let bed: TransportBed;
  let app: INestMicroservice;
  let client: ClientProxy;
  let reader: string;
  beforeAll(async () => {
    bed = await TransportBed.start();
    @Module({
      imports: [PatronusModule.forRoot({ ...bed.options(), transports: [microservices()] })],
      controllers: [NotesController],
    })
    class NotesModule {}
    const { service, caller } = await broker.connection();
    app = await NestFactory.createMicroservice(NotesModule, { ...service, logger: false });
    // The server is started inside of a store, of which nothing must be seen in calls.
    await app.get(TenantContext).run('started-in', () => app.listen());
    app.get(AuthEvents).on('denied', (event) => void denied.push(event));
    client = ClientProxyFactory.create(caller);
    reader = bed.presentedBy('reader').authorization ?? '';
  });
  beforeEach(() => {
    heard.length = 0;
    denied.length = 0;
  });
  afterAll(async () => {
    await client.close();
    await app.close();
    await bed.stop();
  });

  const echo = (headers: Sent, data: unknown = {}) =>
    outcomeOf(broker.send(client, `${run}.echo`, data, headers));
  const refused = (code: string) => expect.objectContaining({ code });

  it('takes names of headers in any spelling', async () => {
    expect(await echo({ AUTHORIZATION: reader, 'X-EMPRESA-ID': 'norte' })).toMatchObject({
      answer: { user: 'reader', before: 'norte' },
    });
    expect(await echo({ AUTHORIZATION: reader, 'X-EMPRESA-ID': 'sur' })).toEqual(
      refused('tenant_mismatch'),
    );
  });

  it('refuses two credentials, in one spelling or in two', async () => {
    const doctor = bed.presentedBy('doctor').authorization ?? '';
    expect(await echo({ authorization: [reader, doctor] })).toEqual(refused('invalid_request'));
    expect(await echo({ authorization: reader, Authorization: doctor })).toEqual(
      refused('invalid_request'),
    );
  });

  it('refuses two tenants', async () => {
    expect(await echo({ authorization: reader, 'x-empresa-id': ['norte', 'sur'] })).toEqual(
      refused('tenant_mismatch'),
    );
  });

  it('does not touch the payload, and believes nothing that stands in it', async () => {
    const payload = {
      authorization: reader,
      headers: { authorization: reader },
      metadata: { authorization: reader },
      properties: { headers: { authorization: reader } },
      data: 1,
    };
    expect(await echo({}, payload)).toEqual(refused('token_missing'));
    expect(await echo({ authorization: reader }, payload)).toMatchObject({ answer: { payload } });
  });

  it("looks at the packet's metadata only where the transport has no headers", async () => {
    client.setOnDispatchHook((packet: ReadPacket) => {
      packet.metadata = { authorization: reader };
    });
    const outcome = await outcomeOf(client.send(`${run}.echo`, {}));
    client.setOnDispatchHook(() => {});
    expect(outcome).toEqual(
      broker.hasHeaders
        ? refused('token_missing')
        : expect.objectContaining({ answer: expect.objectContaining({ user: 'reader' }) }),
    );
  });

  it('handles an event of a caller who may', async () => {
    broker.emit(client, `${run}.written`, { note: 1 }, { authorization: reader });
    await until(true, () => heard.length > 0);
    expect(heard).toEqual([{ payload: { note: 1 }, tenant: 'norte' }]);
    expect(denied).toEqual([]);
  });

  it('does not handle an event of a caller who may not, and tells it', async () => {
    const { authorization } = bed.presentedBy('with a scope');
    broker.emit(client, `${run}.written`, { note: 2 }, { authorization });
    await until(true, () => denied.length > 0);
    broker.emit(client, `${run}.written`, { note: 3 }, { authorization: reader });
    await until(true, () => heard.length > 0);
    expect(heard).toEqual([{ payload: { note: 3 }, tenant: 'norte' }]);
    expect(denied).toEqual([
      expect.objectContaining({
        transport: 'rpc',
        method: 'EVENT',
        path: `${run}.written`,
        code: 'permission_denied',
        user: 'with a scope',
      }),
    ]);
  });

  it('shows nothing of the store that the server was started in', async () => {
    expect(await outcomeOf(broker.send(client, `${run}.public`, {}, {}))).toEqual({
      answer: { user: null, tenant: null },
    });
  });

  it('keeps 100 calls of 10 tenants apart that run at once', async () => {
    const tenants = Array.from({ length: 10 }, (_, index) => `t${index}`);
    const callers = await Promise.all(
      tenants.map(async (tenant) => {
        const token = await bed.issuer.token({
          sub: `of ${tenant}`,
          empresa_id: tenant,
          roles: ['reader'],
        });
        return { tenant, client: withIdentity(client, { token }) };
      }),
    );
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const { tenant, client: own } = callers[index % 10] ?? { tenant: '', client };
        const answer: unknown = await firstValueFrom(own.send(`${run}.echo`, { index }));
        return [
          answer,
          { payload: { index }, user: `of ${tenant}`, before: tenant, after: tenant },
        ];
      }),
    );
    expect(answers.map(([answer]) => answer)).toEqual(answers.map(([, expected]) => expected));
  });
});

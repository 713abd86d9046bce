import 'reflect-metadata';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type ClientGrpc,
  ClientProxyFactory,
  GrpcMethod,
  type GrpcOptions,
  Transport,
} from '@nestjs/microservices';
import { DocumentBuilder } from '@nestjs/swagger';
import {
  CurrentUser,
  Identity,
  PatronusModule,
  Public,
  RequirePermissions,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { microservices, withIdentity } from '@patronus/nestjs/microservices';
import { createSecuredDocument } from '@patronus/nestjs/swagger';
import { patronusMatchers, TestIssuer } from '@patronus/nestjs/testing';
import { expect } from 'expect';
import { firstValueFrom, type Observable } from 'rxjs';

expect.extend(patronusMatchers);

const NOTES = Symbol('notes');

interface Notes {
  read(request: object): Observable<{ reader: string }>;
}

@Controller('notes')
class NotesController {
  constructor(@Inject(NOTES) private readonly notes: ClientGrpc) {}

  @Get()
  @RequirePermissions('notes.list')
  async list(): Promise<unknown> {
    const notes = withIdentity(this.notes).getService<Notes>('Notes');
    return firstValueFrom(notes.read({})).catch((denial: unknown) => denial);
  }

  @Get('plain')
  @Public()
  async plain(): Promise<unknown> {
    const notes = this.notes.getService<Notes>('Notes');
    return firstValueFrom(notes.read({})).catch((denial: unknown) => denial);
  }

  @GrpcMethod('Notes', 'Read')
  @RequirePermissions('notes.read')
  read(_: object, @CurrentUser() user: Identity) {
    return { reader: user.id };
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Guards over HTTP and gRPC, the document of both, and the matchers: with the peers that they need. */
async function main(): Promise<void> {
  const issuer = await TestIssuer.start();
  const grpc: GrpcOptions = {
    transport: Transport.GRPC,
    options: {
      url: `127.0.0.1:${await freePort()}`,
      package: 'notes',
      protoPath: join(process.cwd(), 'notes.proto'),
    },
  };
  @Module({
    imports: [
      PatronusModule.forRoot({
        identityProvider: oidc({ issuer: issuer.url, audience: 'test' }),
        permissions: { roles: { doctor: ['notes.*'], porter: ['notes.list'] } },
        transports: [microservices()],
      }),
    ],
    controllers: [NotesController],
    providers: [{ provide: NOTES, useFactory: () => ClientProxyFactory.create(grpc) }],
  })
  class NotesModule {}

  const app = await NestFactory.create(NotesModule, { abortOnError: false, logger: false });
  app.connectMicroservice(grpc, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  try {
    const ask = async (path: string, roles: string[]) => {
      const authorization = `Bearer ${await issuer.token({ sub: 'ana', roles })}`;
      return fetch(`${await app.getUrl()}${path}`, { headers: { authorization } });
    };
    const allowed = await ask('/notes', ['doctor']);
    await expect(allowed).toBeAllowed();
    assert.deepEqual(await allowed.json(), { reader: 'ana' });
    await expect(await ask('/notes', ['guest'])).toBeDeniedWith('permission_denied');
    const statusOf = async (answer: Response): Promise<unknown> => Object(await answer.json()).code;
    assert.equal(await statusOf(await ask('/notes', ['porter'])), 7, 'PERMISSION_DENIED');
    assert.equal(await statusOf(await ask('/notes/plain', ['doctor'])), 16, 'UNAUTHENTICATED');

    const { paths } = createSecuredDocument(app, new DocumentBuilder().build());
    const bearer = paths['/notes']?.get?.security?.map((one) => Object.keys(one)[0]);
    assert.ok(bearer?.includes('bearer'), `the document says ${JSON.stringify(bearer)}`);
    assert.deepEqual(paths['/notes/plain']?.get?.security ?? [], []);
  } finally {
    await app.close();
    await issuer.stop();
  }
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

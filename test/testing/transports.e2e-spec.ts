import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { WebSocketGateway } from '@nestjs/websockets';
import { PatronusModule, type PatronusModuleOptions } from '@patronus/nestjs';
import { graphql } from '@patronus/nestjs/graphql';
import { microservices, withIdentity } from '@patronus/nestjs/microservices';
import { asUser, mockIdentity, patronusMatchers, userToken } from '@patronus/nestjs/testing';
import { webSockets } from '@patronus/nestjs/websockets';
import { firstValueFrom } from 'rxjs';
import { query, SERVERS, startGraphql } from '../transports/graphql/graphql-bed.js';
import { freePort } from '../environment/free-port.mjs';
import { notesController } from '../transports/microservices/notes.controller.js';
import { Caller } from '../transports/websockets/callers.js';
import { NotesHandlers } from '../transports/websockets/notes.gateway.js';

expect.extend(patronusMatchers);

const reader = { id: 'ana', tenantId: 'norte', permissions: ['notes.read'] };
const options: PatronusModuleOptions = {
  identityProvider: mockIdentity({ tenantClaim: 'empresa_id' }),
  tenancy: { claim: 'empresa_id' },
};

let app: INestApplication;
afterEach(() => app.close());

describe('a user of a test', () => {
  it.each(SERVERS)(
    'asks $name, and is denied there in words that the matchers read',
    async (server) => {
      const running = await startGraphql(server, { ...options, transports: [graphql()] });
      app = running.app;
      const allowed = await query(running, '{ read { user tenant } }', asUser(reader));
      expect(allowed).toBeAllowed();
      expect(allowed.data).toEqual({ read: { user: 'ana', tenant: 'norte' } });
      const denied = await query(running, 'mutation { write { user } }', asUser(reader));
      expect(denied).toBeDeniedWith('permission_denied');
      expect(await query(running, '{ read { user } }', {})).toBeDeniedWith('token_missing');
    },
  );

  it('sends messages to a gateway', async () => {
    @WebSocketGateway()
    class NotesGateway extends NotesHandlers {}
    @Module({
      imports: [PatronusModule.forRoot({ ...options, transports: [webSockets()] })],
      providers: [NotesGateway],
    })
    class GatewayModule {}
    app = await start(GatewayModule);
    const caller = Caller.io(await app.getUrl(), { auth: { token: userToken(reader) } });
    expect((await caller.next())[0]).toBe('connect');
    expect(await caller.ask('read')).toEqual(['answer', { user: 'ana', tenant: 'norte' }]);
    const [event, exception] = await caller.ask('write');
    expect(event).toBe('exception');
    expect(exception).toBeDeniedWith('permission_denied');
    caller.close();
  });

  it('calls a microservice', async () => {
    @Module({
      imports: [PatronusModule.forRoot({ ...options, transports: [microservices()] })],
      controllers: [notesController((operation) => MessagePattern(operation))],
    })
    class ServiceModule {}
    app = await start(ServiceModule);
    const at = { host: '127.0.0.1', port: await freePort() };
    app.connectMicroservice({ transport: Transport.TCP, options: at }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: at });
    const asReader = withIdentity(client, { token: userToken(reader) });
    const asked = (pattern: string) =>
      firstValueFrom<unknown>(asReader.send(pattern, {})).catch((error: unknown) => error);
    expect(await asked('read')).toEqual({ user: 'ana', tenant: 'norte' });
    expect(await asked('write')).toBeDeniedWith('permission_denied');
    client.close();
  });
});

async function start(module: new () => object): Promise<INestApplication> {
  const made = await NestFactory.create(module, { logger: false, abortOnError: false });
  await made.listen(0, '127.0.0.1');
  return made;
}

import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplicationContext,
  Module,
  Sse,
  type Type,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage } from '@nestjs/websockets';
import { AccountSource, PatronusModule, type PatronusModuleOptions } from '@patronus/nestjs';
import { graphql } from '@patronus/nestjs/graphql';
import { microservices } from '@patronus/nestjs/microservices';
import { webSockets } from '@patronus/nestjs/websockets';
import { of } from 'rxjs';
import { ADAPTERS } from '../core/adapters.js';
import { TokenTableProvider } from '../core/token-table.provider.js';
import { type GraphqlResult, SERVERS } from './graphql/graphql-bed.js';
import type { Outcome } from './transport-bed.js';
import { Member, memberHandlers, Members } from './members.js';
import { BROKERS } from './microservices/brokers.js';
import { outcomeOf } from './microservices/outcome.js';
import { LIBRARIES, gatewayAt } from './websockets/libraries.js';
import { outcomeOf as outcomeOfMessage } from './websockets/table-outcome.js';

type Operation = 'closed' | 'optional';

/** Application behind one transport: the result of a handler is a line, or a code. */
interface Door {
  readonly app: INestApplicationContext;
  call(operation: Operation, token?: string): Promise<string>;
  close(): Promise<void>;
}

interface Way {
  readonly name: string;
  open(patronus: PatronusModuleOptions): Promise<Door>;
}

const headersOf = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

async function listening(module: Type<object>, adapter: AbstractHttpAdapter) {
  const app = await NestFactory.create(module, adapter, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

/**
 * Returns the line of an outcome of the behaviour table, whose handlers answer with a line here.
 */
function said(outcome: Outcome): string {
  if (!('answer' in outcome)) return outcome.code;
  const line: unknown = outcome.answer;
  return typeof line === 'string' ? line : JSON.stringify(line);
}

/** Returns the line of an answer, or the code of a refusal. */
async function lineOf(response: Response, read: (text: string) => string): Promise<string> {
  const text = await response.text();
  return response.ok ? read(text) : JSON.parse(text).code;
}

function overHttp(
  name: string,
  adapter: () => AbstractHttpAdapter,
  bind: (operation: string) => MethodDecorator,
  wrap?: (line: string) => unknown,
  read: (text: string) => string = (text) => text,
): Way {
  return {
    name,
    async open(patronus) {
      @Controller()
      class NotesController extends memberHandlers(bind, wrap) {}
      @Module({ imports: [PatronusModule.forRoot(patronus)], controllers: [NotesController] })
      class AppModule {}
      const { app, url } = await listening(AppModule, adapter());
      return {
        app,
        call: async (operation, token) =>
          lineOf(await fetch(`${url}/${operation}`, { headers: headersOf(token) }), read),
        close: () => app.close(),
      };
    },
  };
}

const HTTP = ADAPTERS.flatMap(([name, adapter]) => [
  overHttp(`HTTP, ${name}`, adapter, Get),
  overHttp(
    `server-sent events, ${name}`,
    adapter,
    Sse,
    (line) => of({ data: line }),
    (text) => /^data: (.*)$/m.exec(text)?.[1] ?? '',
  ),
]);

const GRAPHQL = SERVERS.map((server): Way => ({
  name: `GraphQL, ${server.name}`,
  async open(patronus) {
    @Resolver()
    class NotesResolver extends memberHandlers((name) => Query(() => String, { name })) {}
    @Module({
      imports: [
        PatronusModule.forRoot({ ...patronus, transports: [graphql()] }),
        GraphQLModule.forRoot({ autoSchemaFile: true, ...server.module }),
      ],
      providers: [NotesResolver],
    })
    class AppModule {}
    const { app, url } = await listening(AppModule, server.adapter());
    return {
      app,
      async call(operation, token) {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headersOf(token) },
          body: JSON.stringify({ query: `{ ${operation} again: ${operation} }` }),
        });
        const { data, errors }: GraphqlResult = JSON.parse(await response.text());
        return String(errors?.[0]?.extensions?.['code'] ?? data?.[operation]);
      },
      close: () => app.close(),
    };
  },
}));

const WEB_SOCKETS = LIBRARIES.map(([name, library]): Way => ({
  name: `WebSockets, ${name}`,
  async open(patronus) {
    const wrap = (data: string) => ({ event: 'answer', data });
    // One operation for each gateway: the strictest decides which clients may connect.
    const gateways = (['closed', 'optional'] as const).map((operation) =>
      gatewayAt(
        library,
        operation,
        memberHandlers((own) => (own === operation ? SubscribeMessage(own) : () => {}), wrap),
      ),
    );
    @Module({
      imports: [PatronusModule.forRoot({ ...patronus, transports: [webSockets()] })],
      providers: gateways,
    })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    library.adapt(app);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    return {
      app,
      async call(operation, token) {
        const caller = library.call(`${url}/${operation}`, token === undefined ? {} : { token });
        const outcome = await outcomeOfMessage(caller, operation);
        return said(outcome);
      },
      close: () => app.close(),
    };
  },
}));

const MICROSERVICES = BROKERS.map(([name, broker]): Way => ({
  name: `microservices, ${name}`,
  async open(patronus) {
    const run = randomUUID();
    const bind = (operation: string) => MessagePattern(`${run}.${operation}`);
    @Controller()
    class NotesController extends memberHandlers(bind) {}
    @Module({
      imports: [PatronusModule.forRoot({ ...patronus, transports: [microservices()] })],
      controllers: [NotesController],
    })
    class AppModule {}
    const { service, caller } = await broker.connection();
    const app = await NestFactory.createMicroservice(AppModule, { ...service, logger: false });
    await app.listen();
    const client = ClientProxyFactory.create(caller);
    return {
      app,
      async call(operation, token) {
        const sent = broker.send(client, `${run}.${operation}`, {}, headersOf(token));
        const outcome = await outcomeOf(sent);
        return said(outcome);
      },
      async close() {
        await client.close();
        await app.close();
      },
    };
  },
}));

const WAYS = [...HTTP, ...GRAPHQL, ...WEB_SOCKETS, ...MICROSERVICES];

describe.each(WAYS)('the accounts of the application, over $name', (way) => {
  const provider = new TokenTableProvider();
  let door: Door;
  let members: Members;
  beforeAll(async () => {
    door = await way.open({
      identityProvider: provider,
      tenancy: {},
      accounts: { useClass: Members },
      accountCache: { timeout: 1 },
    });
    members = door.app.get<Members>(AccountSource, { strict: false });
  });
  afterAll(() => door.close());
  beforeEach(() => {
    members.asked = [];
    members.cache.purge('all');
    members.rows.clear();
    members.rows.set('norte/ana', new Member('Ana'));
    members.rows.set('sur/ana', new Member('Anna'));
    members.rows.set('norte/ben', null);
  });

  it('come with the caller, asked for once in each tenant, and may be changed', async () => {
    for (const operation of ['closed', 'optional', 'closed'] as const) {
      await expect(door.call(operation, 'ana.norte')).resolves.toBe('ana is Ana');
      await expect(door.call(operation, 'ana.sur')).resolves.toBe('ana is Anna');
    }
    expect(members.asked.toSorted()).toEqual(['norte/ana', 'sur/ana']);
    expect(members.rows.get('norte/ana')?.logins).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['gone.norte', 'token_invalid'],
    ['ben.norte', 'token_invalid'],
    ['blocked.norte', 'permission_denied'],
    ['sneaky.norte', 'token_invalid'],
    ['broken.norte', 'provider_unavailable'],
  ])('refuse %s with %s, the second time too', async (token, code) => {
    for (const operation of ['closed', 'optional', 'closed'] as const) {
      await expect(door.call(operation, token)).resolves.toBe(code);
    }
  });

  it('refuse a caller whose account is late', async () => {
    await expect(door.call('closed', 'slow.norte')).resolves.toBe('provider_unavailable');
  });

  it('are not asked for where nobody calls', async () => {
    await expect(door.call('optional')).resolves.toBe('nobody');
    await expect(door.call('closed')).resolves.toBe('token_missing');
    expect(members.asked).toEqual([]);
  });

  it('refuse a caller that was let in, from a purge on', async () => {
    await expect(door.call('closed', 'ana.norte')).resolves.toBe('ana is Ana');
    await expect(door.call('closed', 'ana.sur')).resolves.toBe('ana is Anna');
    const { calls } = provider;
    members.rows.delete('norte/ana');
    members.cache.purge({ user: 'ana', tenant: 'norte' });
    await expect(door.call('closed', 'ana.norte')).resolves.toBe('token_invalid');
    await expect(door.call('optional', 'ana.norte')).resolves.toBe('token_invalid');
    await expect(door.call('closed', 'ana.sur')).resolves.toBe('ana is Anna');
    members.rows.set('norte/ana', new Member('Ana again'));
    await expect(door.call('closed', 'ana.norte')).resolves.toBe('ana is Ana again');
    expect(provider.calls).toBe(calls);
  });
});

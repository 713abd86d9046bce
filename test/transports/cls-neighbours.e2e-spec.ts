import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Injectable,
  Module,
  type NestInterceptor,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApolloDriver } from '@nestjs/apollo';
import { GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  ClientProxyFactory,
  MessagePattern,
  type ReadPacket,
  Transport,
} from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { CurrentUser, type Identity, PatronusModule, TenantContext } from '@patronus/nestjs';
import { graphql } from '@patronus/nestjs/graphql';
import { microservices } from '@patronus/nestjs/microservices';
import { webSockets } from '@patronus/nestjs/websockets';
import { ClsModule, ClsServiceManager } from 'nestjs-cls';
import { firstValueFrom, Observable } from 'rxjs';
import { TokenTableProvider } from '../core/token-table.provider.js';
import { freePort } from '../environment/free-port.mjs';
import { Caller } from './websockets/callers.js';

const cls = ClsServiceManager.getClsService();

/** Opens a separate store around the handler, which holds nothing of the one before. */
class Overriding implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return new Observable((subscriber) =>
      cls.run({ ifNested: 'override' }, () => {
        cls.set('setUp', 'nearest');
        return next.handle().subscribe(subscriber);
      }),
    );
  }
}

@Injectable()
class Answers {
  constructor(private readonly tenant: TenantContext) {}

  async of(user: Identity | undefined): Promise<string> {
    await new Promise((resolve) => setImmediate(resolve));
    const setUp = cls.get<string | undefined>('setUp');
    return `${user?.id ?? 'nobody'} in ${this.tenant.idOrNull ?? 'none'}, ${setUp ?? 'bare'}`;
  }
}

@Resolver()
class NotesResolver {
  constructor(private readonly answers: Answers) {}
  @Query(() => String) notes(@CurrentUser() user: Identity) {
    return this.answers.of(user);
  }
  @Mutation(() => String) @UseInterceptors(Overriding) write(@CurrentUser() user: Identity) {
    return this.answers.of(user);
  }
}

@Controller()
class NotesController {
  constructor(private readonly answers: Answers) {}
  @MessagePattern('notes') notes(@CurrentUser() user: Identity) {
    return this.answers.of(user);
  }
  @MessagePattern('write') @UseInterceptors(Overriding) write(@CurrentUser() user: Identity) {
    return this.answers.of(user);
  }
}

@WebSocketGateway({ path: '/notes' })
class NotesGateway {
  constructor(private readonly answers: Answers) {}
  @SubscribeMessage('notes') async notes(@CurrentUser() user: Identity) {
    return { event: 'answer', data: await this.answers.of(user) };
  }
  @SubscribeMessage('write') @UseInterceptors(Overriding) async write(
    @CurrentUser() user: Identity,
  ) {
    return { event: 'answer', data: await this.answers.of(user) };
  }
}

type Mount = 'middleware' | 'guard' | 'interceptor';

const MOUNTS: readonly (readonly Mount[])[] = [
  ['middleware'],
  ['guard'],
  ['interceptor'],
  ['middleware', 'guard', 'interceptor'],
];
const MATRIX = MOUNTS.flatMap((mounts) =>
  (['before', 'after'] as const).map((order) => [mounts.join(' and '), order, mounts] as const),
);

describe.each(MATRIX)('nestjs-cls as %s, %s Patronus', (_name, order, mounts) => {
  const ending: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
  });

  async function start() {
    const mount = { mount: true, setup: () => cls.set('setUp', 'mounted') };
    const host = ClsModule.forRoot(Object.fromEntries(mounts.map((one) => [one, mount])));
    const patronus = PatronusModule.forRoot({
      identityProvider: new TokenTableProvider(),
      tenancy: {},
      transports: [graphql(), webSockets(), microservices()],
    });
    const api = GraphQLModule.forRoot({ driver: ApolloDriver, autoSchemaFile: true });
    const imports = [...(order === 'before' ? [host, patronus] : [patronus, host]), api];
    const providers: Type[] = [Answers, NotesResolver, NotesGateway];
    @Module({ imports, controllers: [NotesController], providers })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    app.useWebSocketAdapter(new WsAdapter(app));
    const at = { host: '127.0.0.1', port: await freePort() };
    app.connectMicroservice({ transport: Transport.TCP, options: at }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    ending.push(() => app.close());
    const url = await app.getUrl();
    return { url, at };
  }

  it.each([
    ['notes', 'mounted|bare'],
    ['write', 'nearest'],
  ])('leaves caller and tenant of %s on every transport', async (name, setUp) => {
    const { url, at } = await start();
    for (const [user, tenant] of [
      ['ana', 'norte'],
      ['ben', 'sur'],
      ['ana', 'norte'],
    ] as const) {
      const authorization = `Bearer ${user}.${tenant}`;
      const expected = expect.stringMatching(new RegExp(`^${user} in ${tenant}, (?:${setUp})$`));

      const query = name === 'notes' ? '{ notes }' : 'mutation { write }';
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query }),
      });
      expect(await answer.json()).toEqual({ data: { [name]: expected } });

      const client = ClientProxyFactory.create({ transport: Transport.TCP, options: at });
      ending.push(() => client.close());
      client.setOnDispatchHook((packet: ReadPacket) =>
        Object.assign(packet, { metadata: { authorization } }),
      );
      expect(await firstValueFrom(client.send<unknown>(name, {}))).toEqual(expected);

      const caller = Caller.ws(`${url}/notes`, { headers: { authorization } });
      ending.push(() => caller.close());
      expect((await caller.next())[0]).toBe('connect');
      caller.send(name);
      expect(await caller.next()).toEqual(['answer', expected]);
    }
  });
});

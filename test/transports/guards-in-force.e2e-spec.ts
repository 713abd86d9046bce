import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Logger,
  Module,
  type Provider,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { Field, GraphQLModule, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  type TcpClientOptions,
  Transport,
} from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  AuthEvents,
  AuthGuard,
  Coverage,
  type DeniedEvent,
  type HandlerCoverage,
  PatronusModule,
  type PatronusModuleOptions,
  PermissionsGuard,
  Public,
  RequirePermissions,
} from '@patronus/nestjs';
import { graphql } from '@patronus/nestjs/graphql';
import { microservices, withIdentity } from '@patronus/nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { ask } from '../core/ask.js';
import { TokenTableProvider } from '../core/token-table.provider.js';
import { query, SERVERS } from './graphql/graphql-bed.js';
import { freePort } from './microservices/brokers.js';
import { outcomeOf } from './microservices/outcome.js';
import { gatewayAt, LIBRARIES, RunningGateways } from './websockets/libraries.js';

type Guards = readonly (typeof AuthGuard | typeof PermissionsGuard)[];
type Reading = Partial<Pick<HandlerCoverage, 'enforces' | 'missingGuards' | 'refusal'>>;

const BOTH: Guards = [AuthGuard, PermissionsGuard];

/** What callers see of a handler that asks for a permission that no token here has. */
const SEEN: Readonly<Record<string, readonly [anonymous: string, known: string]>> = {
  nothing: ['in', 'in'],
  caller: ['token_missing', 'in'],
  rule: ['token_missing', 'permission_denied'],
  order: ['guard_missing', 'guard_missing'],
  inheritance: ['transport_unsupported', 'transport_unsupported'],
};

const MANUAL: readonly (readonly [string, Guards, Reading])[] = [
  ['no guard', [], { enforces: 'nothing', missingGuards: ['AuthGuard', 'PermissionsGuard'] }],
  ['AuthGuard alone', [AuthGuard], { enforces: 'caller', missingGuards: ['PermissionsGuard'] }],
  [
    'PermissionsGuard alone',
    [PermissionsGuard],
    { refusal: 'order', missingGuards: ['AuthGuard'] },
  ],
  [
    'both in the wrong order',
    [PermissionsGuard, AuthGuard],
    { refusal: 'order', missingGuards: ['AuthGuard'] },
  ],
  ['both', BOTH, { enforces: 'rule', missingGuards: [] }],
];

function expectedOf({ enforces = 'refusal', refusal }: Reading) {
  return SEEN[refusal ?? enforces] ?? [];
}

const rowOf = (app: INestApplication, handler: RegExp) =>
  app
    .get(Coverage)
    .table()
    .find((row) => handler.test(row.handler));

let app: INestApplication | undefined;
const warned = jest.fn<(line: string) => void>();
const warnings = (part: RegExp) => warned.mock.calls.flat().filter((line) => part.test(line));

beforeEach(() => {
  jest.resetAllMocks();
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned);
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function make(
  parts: {
    readonly controllers?: Type[];
    readonly providers?: Provider[];
    readonly imports?: object[];
  },
  options: Partial<PatronusModuleOptions>,
  adapter?: Parameters<typeof NestFactory.create>[1],
): Promise<INestApplication> {
  @Module({
    ...parts,
    imports: [
      PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), ...options }),
      ...((parts.imports ?? []) as Type[]),
    ],
  })
  class AppModule {}
  const quiet = { logger: false as const, abortOnError: false };
  app = adapter
    ? await NestFactory.create(AppModule, adapter as never, quiet)
    : await NestFactory.create(AppModule, quiet);
  return app;
}

describe.each(LIBRARIES)('gateways on %s', (_name, library) => {
  const handlers = (guards: Guards) => {
    class Handlers {
      @RequirePermissions('notes.write')
      @UseGuards(...guards)
      @SubscribeMessage('say')
      say() {
        return { event: 'answer', data: 'in' };
      }
    }
    return Handlers;
  };

  async function said(url: string, token?: string): Promise<unknown> {
    const caller = library.call(`${url}/x`, token === undefined ? {} : { token });
    try {
      const [first, about] = (await caller.next()) as [string, { code?: string }];
      if (first !== 'connect') return about.code;
      const [event, data] = (await caller.ask('say')) as [string, { code?: string }];
      return event === 'answer' ? data : data.code;
    } finally {
      caller.close();
    }
  }

  it.each(MANUAL)('with %s: what is read is what happens', async (_which, guards, reading) => {
    const running = await RunningGateways.start(
      library,
      [gatewayAt(library, 'x', handlers(guards))],
      {
        guards: 'manual',
      },
    );
    app = running.app;
    expect(rowOf(app, /say/)).toMatchObject(reading);
    const [anonymous, known] = expectedOf(reading);
    expect(await said(running.url)).toBe(anonymous);
    expect(await said(running.url, 'ana.norte')).toBe(known);
  });

  it.each(MANUAL)(
    'with %s: enforced, starts if nothing is missing',
    async (_which, guards, reading) => {
      const gateways = [gatewayAt(library, 'x', handlers(guards))];
      const start = RunningGateways.start(library, gateways, {
        guards: 'manual',
        coverage: 'enforce',
      });
      if (reading.missingGuards?.length === 0) app = (await start).app;
      else await expect(start).rejects.toThrow(/MESSAGE say \(Gateway\.say\) lacks /);
    },
  );
});

describe('microservices of a hybrid application', () => {
  const ending: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0)) await end();
  });

  function controllerWith(guards: Guards): Type {
    @Controller()
    class NotesController {
      @RequirePermissions('notes.write')
      @UseGuards(...guards)
      @MessagePattern('note')
      note() {
        return 'in';
      }
    }
    return NotesController;
  }

  async function connect(made: INestApplication, inheritAppConfig: boolean): Promise<ClientProxy> {
    const connection = { host: '127.0.0.1', port: await freePort() };
    const options: TcpClientOptions = { transport: Transport.TCP, options: connection };
    made.connectMicroservice({ ...options }, { inheritAppConfig });
    await made.startAllMicroservices();
    await made.init();
    const client = ClientProxyFactory.create(options);
    ending.push(() => client.close());
    return client;
  }

  async function codesOf(client: ClientProxy): Promise<readonly unknown[]> {
    const outcomes = [
      await outcomeOf(client.send('note', {})),
      await outcomeOf(withIdentity(client, { token: 'ana' }).send('note', {})),
    ];
    return outcomes.map((outcome) => ('code' in outcome ? outcome.code : outcome.answer));
  }

  const transports = () => ({ transports: [microservices()] });

  it.each(MANUAL)(
    'manual, with %s: what is read is what happens',
    async (_which, guards, reading) => {
      const made = await make(
        { controllers: [controllerWith(guards)] },
        { guards: 'manual', ...transports() },
      );
      const client = await connect(made, false);
      expect(rowOf(made, /note/)).toMatchObject(reading);
      expect(await codesOf(client)).toEqual(expectedOf(reading));
    },
  );

  it.each([
    ['global', [], true, { enforces: 'rule', missingGuards: [] }],
    ['global', [], false, { refusal: 'inheritance', missingGuards: [] }],
    ['global', BOTH, false, { enforces: 'rule', missingGuards: [] }],
  ] as const)('%s, own guards %j, inherits %s: %j', async (guards, own, inherits, reading) => {
    const made = await make({ controllers: [controllerWith(own)] }, { guards, ...transports() });
    const client = await connect(made, inherits);
    expect(rowOf(made, /note/)).toMatchObject(reading);
    expect(await codesOf(client)).toEqual(expectedOf(reading));
  });

  it.each([
    [true, { enforces: 'rule', missingGuards: [] }],
    [false, { enforces: 'nothing', missingGuards: ['AuthGuard', 'PermissionsGuard'] }],
  ] as const)(
    'APP_GUARDs of the application count if it inherits: %s',
    async (inherits, reading) => {
      const providers = [
        { provide: APP_GUARD, useExisting: AuthGuard },
        { provide: APP_GUARD, useExisting: PermissionsGuard },
      ];
      const made = await make(
        { controllers: [controllerWith([])], providers },
        { guards: 'manual', ...transports() },
      );
      const client = await connect(made, inherits);
      expect(rowOf(made, /note/)).toMatchObject(reading);
      expect(await codesOf(client)).toEqual(expectedOf(reading));
    },
  );

  it('global guards that come after the microservice was connected do not count', async () => {
    const made = await make(
      { controllers: [controllerWith([])] },
      { guards: 'manual', ...transports() },
    );
    const connection = { host: '127.0.0.1', port: await freePort() };
    const options: TcpClientOptions = { transport: Transport.TCP, options: connection };
    made.connectMicroservice({ ...options }, { inheritAppConfig: true });
    made.useGlobalGuards(made.get(AuthGuard), made.get(PermissionsGuard));
    await made.startAllMicroservices();
    await made.init();
    const client = ClientProxyFactory.create(options);
    ending.push(() => client.close());
    expect(rowOf(made, /note/)).toMatchObject({ enforces: 'nothing' });
    expect(await codesOf(client)).toEqual(SEEN['nothing']);
  });

  it('enforced, refuses to bind what would be open', async () => {
    const made = await make(
      { controllers: [controllerWith([])] },
      { guards: 'manual', coverage: 'enforce', ...transports() },
    );
    await expect(connect(made, false)).rejects.toThrow(
      /RPC note \(NotesController\.note\) lacks AuthGuard and PermissionsGuard.*inheritAppConfig/,
    );
  });

  it.each([
    ['before', true],
    ['after', false],
  ])('warns once of what is connected %s the start without the guards', async (_when, isBefore) => {
    @Controller()
    class TwoController {
      @MessagePattern('a') @RequirePermissions('notes.read') a() {}
      @EventPattern('b') @Public() b(_data: unknown) {}
    }
    const made = await make({ controllers: [TwoController] }, transports());
    if (!isBefore) await made.init();
    await connect(made, false);
    await Promise.resolve();
    expect(warnings(/./)).toEqual([
      'RPC a (TwoController.a); EVENT b (TwoController.b) are bound without the guards of the application, and every call is refused. Pass { inheritAppConfig: true } as the second argument of connectMicroservice().',
    ]);
  });

  it('logs its refusals once a minute for each handler, and tells each as an event', async () => {
    const made = await make({ controllers: [controllerWith([])] }, transports());
    const denied: DeniedEvent[] = [];
    made.get(AuthEvents).on('denied', (event) => denied.push(event));
    const client = await connect(made, false);
    for (const _ of [1, 2, 3]) await codesOf(client);
    expect(warnings(/^transport_unsupported /)).toEqual([
      expect.stringMatching(/"route":"NotesController\.note".*inheritAppConfig: true/),
    ]);
    expect(denied).toHaveLength(6);
    expect(denied[0]).toMatchObject({
      transport: 'rpc',
      path: 'note',
      code: 'transport_unsupported',
    });
  });

  it('warns of a transport that is not listed, and logs its refusals', async () => {
    const made = await make({ controllers: [controllerWith([])] }, {});
    const client = await connect(made, true);
    expect(warnings(/./)).toEqual([
      'RPC note (NotesController.note) will refuse every call: the option "transports" lists none for rpc. Add microservices() of @patronus/nestjs/microservices to it.',
    ]);
    expect(rowOf(made, /note/)).toMatchObject({ refusal: 'transport' });
    const denied: DeniedEvent[] = [];
    made.get(AuthEvents).on('denied', (event) => denied.push(event));
    for (const _ of [1, 2]) {
      await expect(firstValueFrom(client.send('note', {}))).rejects.toMatchObject({
        status: 'error',
      });
    }
    expect(warnings(/^transport_unsupported /)).toEqual([
      expect.stringContaining('"reason":"rpc is not among the transports of PatronusModule"'),
    ]);
    expect(denied).toHaveLength(2);
    expect(denied[0]).toMatchObject({ transport: 'rpc', route: 'NotesController.note' });
  });

  it('leaves the routes beside it guarded', async () => {
    @Controller()
    class RouteController {
      @Get('route') @RequirePermissions('notes.write') route() {}
    }
    const made = await make({ controllers: [RouteController, controllerWith([])] }, transports());
    await connect(made, false);
    await made.listen(0, '127.0.0.1');
    expect(rowOf(made, /route/)).toMatchObject({ enforces: 'rule' });
    expect((await ask({ app: made, url: await made.getUrl() }, 'route', 'ana')).status).toBe(403);
  });
});

describe.each(SERVERS)('GraphQL by $name', ({ adapter, module }) => {
  @ObjectType()
  class Note {
    @Field() text!: string;
  }

  function resolverWith(guards: Guards): Type {
    @Resolver(() => Note)
    class NoteResolver {
      @Query(() => String) @RequirePermissions('notes.write') @UseGuards(...guards) handler() {
        return 'in';
      }
      @Query(() => Note) @Public() note() {
        return { text: '' };
      }
    }
    return NoteResolver;
  }

  function fieldWith(guards: Guards): Type {
    @Resolver(() => Note)
    class FieldResolver {
      @Query(() => Note) @Public() note() {
        return { text: '' };
      }
      @ResolveField(() => String)
      @RequirePermissions('notes.write')
      @UseGuards(...guards)
      handler() {
        return 'in';
      }
    }
    return FieldResolver;
  }

  async function start(
    resolver: Type,
    options: Partial<PatronusModuleOptions>,
    enhancers: object = { fieldResolverEnhancers: ['guards', 'interceptors'] },
  ) {
    const imports = [GraphQLModule.forRoot({ autoSchemaFile: true, ...module, ...enhancers })];
    const made = await make({ providers: [resolver], imports }, options, adapter());
    await made.listen(0, '127.0.0.1');
    return made;
  }

  async function codesOf(made: INestApplication, text: string) {
    const url = await made.getUrl();
    const outcomes = [];
    for (const headers of [{}, { authorization: 'Bearer ana' }]) {
      const { data, errors } = await query({ app: made, url }, text, headers as {});
      outcomes.push(errors?.[0]?.extensions?.['code'] ?? JSON.stringify(data).match(/in/)?.[0]);
    }
    return outcomes;
  }

  it.each(MANUAL)(
    'query with %s: what is read is what happens',
    async (_which, guards, reading) => {
      const made = await start(resolverWith(guards), { guards: 'manual', transports: [graphql()] });
      expect(rowOf(made, /handler/)).toMatchObject(reading);
      expect(await codesOf(made, '{ handler }')).toEqual(expectedOf(reading));
    },
  );

  it.each(MANUAL)(
    'field with %s: what is read is what happens',
    async (_which, guards, reading) => {
      const made = await start(fieldWith(guards), { guards: 'manual', transports: [graphql()] });
      const enforces = reading.enforces === 'nothing' ? { enforces: 'parent' } : {};
      expect(rowOf(made, /handler/)).toMatchObject({ ...reading, ...enforces });
      expect(await codesOf(made, '{ note { handler } }')).toEqual(expectedOf(reading));
    },
  );

  it('knows that Nest runs no guards for fields, unless its options say so', async () => {
    const start1 = start(fieldWith(BOTH), { guards: 'manual' }, {});
    const made = await start1;
    expect(rowOf(made, /handler/)).toMatchObject({
      guards: [],
      enforces: 'parent',
      missingGuards: ['AuthGuard', 'PermissionsGuard'],
    });
    expect(await codesOf(made, '{ note { handler } }')).toEqual(['in', 'in']);
    expect(warnings(/Nest runs no guards for fields/)).toEqual([
      expect.stringMatching(/\(FieldResolver\.handler\)\. Add fieldResolverEnhancers: /),
    ]);
  });

  it('warns of graphql() that is not listed, and logs its refusals once', async () => {
    const made = await start(resolverWith([]), {});
    expect(warnings(/the option "transports" lists none for graphql/)).toHaveLength(1);
    expect(await codesOf(made, '{ handler }')).not.toContain('in');
    expect(warnings(/^transport_unsupported .*NoteResolver\.handler/)).toHaveLength(1);
  });

  it('says in the log that AuthGuard was forgotten', async () => {
    const made = await start(resolverWith([PermissionsGuard]), {
      guards: 'manual',
      transports: [graphql()],
    });
    await codesOf(made, '{ handler }');
    expect(warnings(/^guard_missing .*"reason":"AuthGuard did not run before/)).toHaveLength(1);
  });
});

describe('a gateway whose transport is not listed', () => {
  it('is warned of at start', async () => {
    @WebSocketGateway()
    class ChatGateway {
      @RequirePermissions('notes.read') @SubscribeMessage('say') say() {}
    }
    await (await make({ providers: [ChatGateway] }, {})).init();
    expect(warnings(/./)).toEqual([
      'MESSAGE say (ChatGateway.say) will refuse every call: the option "transports" lists none for ws. Add webSockets() of @patronus/nestjs/websockets to it.',
    ]);
  });
});

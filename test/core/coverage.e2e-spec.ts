import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Logger,
  Module,
  type ModuleMetadata,
  Post,
  RequestMethod,
  Sse,
  VERSION_NEUTRAL,
  Version,
  VersioningType,
} from '@nestjs/common';
import { NestFactory, RouterModule, SerializedGraph } from '@nestjs/core';
import {
  EventPattern,
  GrpcStreamMethod,
  MessagePattern,
  Transport as Broker,
} from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  Coverage,
  OptionalAuth,
  PatronusModule,
  Public,
  RequireAuthentication,
  RequirePermissions,
  TenantOptional,
  type Transport,
} from '@patronus/nestjs';
import { microservices } from '@patronus/nestjs/microservices';
import { of } from 'rxjs';
import { TokenTableProvider } from './token-table.provider.js';

@Controller(['notes', 'memos'])
class NotesController {
  @Get() @RequirePermissions('notes.read') list() {}
  @Get([':id', 'by-id/:id']) @Public() one() {}
  @Post() @RequireAuthentication() add() {}
  @Sse('events') @OptionalAuth() events() {
    return of();
  }
}

@Controller({ path: 'old', version: '2' })
class VersionedController {
  @Get('a') @Public() a() {}
  @Get('b') @Public() @Version(['3', VERSION_NEUTRAL]) b() {}
}

@Controller('unruled')
class UnruledController {
  @Get() @TenantOptional() tenantless() {}
}

@RequirePermissions('sums.read')
@Controller()
class SumsController {
  @MessagePattern({ cmd: 'sum' }) sum() {
    return 3;
  }
  @EventPattern('added') added(data: unknown) {
    return data;
  }
}

@Controller()
class OneSumController {
  @RequirePermissions('sums.read') @MessagePattern('sum') sum() {
    return 3;
  }
}

@Controller()
class StreamsController {
  @RequirePermissions('sums.read') @GrpcStreamMethod('Sums') sums() {
    return of();
  }
}

@Public()
@Controller('free')
class FreeController {
  @Get() get() {}
}

@WebSocketGateway()
class ChatGateway {
  @RequirePermissions('chat.write') @SubscribeMessage('say') say() {}
}

@Module({ controllers: [VersionedController] })
class OldModule {}

const TCP = { transport: Broker.TCP, options: { host: '127.0.0.1', port: 0 } } as const;

describe('coverage', () => {
  let app: INestApplication;
  const logged = jest.fn<(line: string) => void>();
  const listed = jest.fn<(line: string) => void>();

  beforeEach(() => {
    jest.resetAllMocks();
    jest.spyOn(Logger.prototype, 'log').mockImplementation(logged);
    jest.spyOn(Logger.prototype, 'verbose').mockImplementation(listed);
  });
  afterEach(() => app?.close());

  async function make(
    metadata: ModuleMetadata,
    coverage?: string,
    guards: 'global' | 'manual' = 'global',
    transports: readonly Transport[] = [],
  ): Promise<INestApplication> {
    @Module({
      ...metadata,
      imports: [
        Reflect.apply(PatronusModule.forRoot, PatronusModule, [
          { identityProvider: new TokenTableProvider(), coverage, guards, transports },
        ]),
        ...(metadata.imports ?? []),
      ],
    })
    class CoveredModule {}
    app = await NestFactory.create(CoveredModule, {
      logger: false,
      abortOnError: false,
      snapshot: true,
    });
    return app;
  }

  it('lists every handler of every transport with its rule', async () => {
    await make({ controllers: [NotesController, SumsController], providers: [ChatGateway] });
    await app.init();
    expect(app.get(Coverage).table()).toEqual([
      {
        transport: 'http',
        handler: 'NotesController.list',
        calls: ['GET /notes', 'GET /memos'],
        access: 'authenticated',
        tenantOptional: false,
        requires: ["@RequirePermissions('notes.read')"],
        isRuled: true,
        guards: ['AuthGuard', 'PermissionsGuard'],
        enforces: 'rule',
        missingGuards: [],
      },
      expect.objectContaining({
        handler: 'NotesController.add',
        calls: ['POST /notes', 'POST /memos'],
        requires: ['@RequireAuthentication()'],
      }),
      expect.objectContaining({
        handler: 'NotesController.one',
        calls: ['GET /notes/:id', 'GET /notes/by-id/:id', 'GET /memos/:id', 'GET /memos/by-id/:id'],
        access: 'public',
      }),
      expect.objectContaining({
        handler: 'NotesController.events',
        calls: ['GET /notes/events', 'GET /memos/events'],
        access: 'optional',
      }),
      expect.objectContaining({
        transport: 'rpc',
        handler: 'SumsController.added',
        calls: ['EVENT added'],
        requires: ["@RequirePermissions('sums.read')"],
      }),
      expect.objectContaining({ handler: 'SumsController.sum', calls: ['RPC {"cmd":"sum"}'] }),
      expect.objectContaining({
        transport: 'ws',
        handler: 'ChatGateway.say',
        calls: ['MESSAGE say'],
        requires: ["@RequirePermissions('chat.write')"],
      }),
    ]);
    expect(listed.mock.calls.flat()).toContain(
      "MESSAGE say (ChatGateway.say) @RequirePermissions('chat.write')",
    );
    expect(listed.mock.calls.flat()).toContain(
      'GET /notes/events, GET /memos/events (NotesController.events) @optional',
    );
    expect(logged.mock.calls.flat()).toContain(
      '7 handlers: 1 public, 0 without a rule (open to every known caller)',
    );
  });

  it('knows the paths that Nest itself binds: prefix, versions, modules', async () => {
    const imports = [OldModule, RouterModule.register([{ path: 'archive', module: OldModule }])];
    await make({ controllers: [NotesController], imports });
    app.setGlobalPrefix('api', { exclude: [{ path: 'memos', method: RequestMethod.GET }] });
    app.enableVersioning({ type: VersioningType.URI });
    await app.init();
    const known = app
      .get(Coverage)
      .table()
      .flatMap(({ calls }) => calls);
    expect(known.toSorted()).toEqual(boundBy(app).toSorted());
    expect(known).toContain('GET /memos');
    expect(known).toContain('GET /api/v2/archive/old/a');
  });

  it('refuses to start where nobody wrote a rule, and names the handler', async () => {
    await make({ controllers: [NotesController, UnruledController] }, 'enforce');
    await expect(app.init()).rejects.toThrow(
      /^coverage: No rule says who may call GET \/unruled \(UnruledController\.tenantless\)\./,
    );
  });

  it('starts where everything has a rule, and where it only reports', async () => {
    await (await make({ controllers: [NotesController] }, 'enforce')).init();
    await app.close();
    await (await make({ controllers: [UnruledController] })).init();
    expect(logged.mock.calls.flat()).toContain(
      '1 handler: 0 public, 1 without a rule (open to every known caller)',
    );
  });

  it('refuses a hybrid application whose microservice lacks inheritAppConfig', async () => {
    await make({ controllers: [SumsController] }, 'enforce');
    const start = async () => {
      app.connectMicroservice(TCP);
      await app.startAllMicroservices();
    };
    await expect(start()).rejects.toThrow(
      /\(SumsController\.\w+\) is bound without the guards of the application, .* Pass \{ inheritAppConfig/,
    );
  });

  it('notices that where routes were bound with their guards just before', async () => {
    await make({ controllers: [FreeController, OneSumController] }, 'enforce');
    await app.init();
    expect(() => app.connectMicroservice(TCP)).toThrow(/\(OneSumController\.sum\) is bound/);
  });

  it('leaves it to Nest to go through the interceptors of a stream', async () => {
    await make({ controllers: [StreamsController] }, 'enforce', 'global', [microservices()]);
    await app.init();
    const list: unknown[] = Reflect.getMetadata(
      '__interceptors__',
      StreamsController.prototype.sums,
    );
    expect(list).toHaveLength(2);
    expect(() => [...list]).toThrow(/\(StreamsController\.sums\) is bound without/);
  });

  it('lets two applications bind the same handlers in turn', async () => {
    const first = await make({ controllers: [OneSumController] }, 'enforce');
    await make({ controllers: [OneSumController] }, 'enforce');
    first.connectMicroservice(TCP, { inheritAppConfig: true });
    await expect(first.startAllMicroservices()).resolves.toBe(first);
    await first.close();
  });

  it.each([
    ['that inherits', 'enforce', 'global', true],
    ['where guards are manual', 'report', 'manual', false],
    ['that is only reported', 'report', 'global', false],
  ] as const)('starts a hybrid application %s', async (_name, mode, guards, inherit) => {
    await make({ controllers: [SumsController] }, mode, guards);
    app.connectMicroservice(TCP, { inheritAppConfig: inherit });
    await app.startAllMicroservices();
    expect(app.getMicroservices()).toHaveLength(1);
  });

  it('refuses a mode that there is not', async () => {
    await expect(make({}, 'strict')).rejects.toThrow(/^coverage: /);
  });
});

interface HttpEntrypoint {
  readonly type: string;
  readonly metadata: { readonly path: string; readonly requestMethod: string };
}

/** Returns the handlers that Nest reports as bound. */
function boundBy(app: INestApplication): string[] {
  const { entrypoints } = app.get(SerializedGraph).toJSON();
  return Object.values(entrypoints)
    .flat()
    .map((entry) => entry as unknown as HttpEntrypoint)
    .filter(({ type }) => type === 'http-endpoint')
    .map(({ metadata }) => `${metadata.requestMethod} ${metadata.path}`);
}

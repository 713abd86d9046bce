import 'reflect-metadata';
import { describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  Global,
  Injectable,
  Logger,
  Module,
  type ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type Credential,
  Identity,
  IdentityProvider,
  PatronusModule,
  type PatronusOptions,
  PermissionSource,
  Public,
  RequirePermissions,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { ADAPTERS } from './adapters.js';
import { TokenTableProvider } from './token-table.provider.js';

@Controller()
class NotesController {
  @RequirePermissions('notes.read') @Get('notes') notes() {
    return 'notes';
  }
}

@Injectable()
class Directory {
  readonly issuer = 'directory';
}

@Global()
@Module({ providers: [Directory], exports: [Directory] })
class DirectoryModule {}

@Injectable()
class DirectoryProvider extends IdentityProvider {
  readonly name = 'directory';
  constructor(private readonly directory: Directory) {
    super();
  }
  override async authenticate({ token }: Credential): Promise<Identity> {
    return new Identity({
      id: token,
      issuer: this.directory.issuer,
      provider: this.name,
      expiresAt: Date.now() / 1000 + 60,
    });
  }
}

@Injectable()
class DirectoryPermissions extends PermissionSource {
  constructor(private readonly directory: Directory) {
    super();
  }
  override async grantsOf() {
    return { permissions: this.directory.issuer === 'directory' ? ['notes.*'] : [] };
  }
}

async function start(imports: ModuleMetadata['imports'], controllers = [NotesController]) {
  @Module({ imports: imports ?? [], controllers })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { abortOnError: false, logger: false });
  await app.listen(0, '127.0.0.1');
  return {
    app,
    notes: async (token = 'ana') => {
      const headers = { authorization: `Bearer ${token}` };
      return fetch(`${await app.getUrl()}/notes`, { headers });
    },
  };
}

describe('PatronusModule', () => {
  const injected = { useClass: DirectoryProvider };
  const source = { useClass: DirectoryPermissions };

  it.each([
    [
      'forRoot with injectables',
      () => PatronusModule.forRoot({ identityProvider: injected, permissions: { source } }),
    ],
    [
      'forRoot with factories',
      () =>
        PatronusModule.forRoot({
          imports: [DirectoryModule],
          identityProvider: {
            inject: [Directory],
            useFactory: (directory: Directory) => new DirectoryProvider(directory),
          },
          permissions: {
            source: {
              inject: [Directory],
              useFactory: (directory: Directory) => new DirectoryPermissions(directory),
            },
          },
        }),
    ],
    [
      'forRootAsync with injectables',
      () =>
        PatronusModule.forRootAsync({
          identityProvider: injected,
          permissionSource: source,
          useFactory: () => ({}),
        }),
    ],
    [
      'forRootAsync with instances',
      () =>
        PatronusModule.forRootAsync({
          inject: [Directory],
          useFactory: (directory: Directory) => ({
            identityProvider: new DirectoryProvider(directory),
            permissions: { source: new DirectoryPermissions(directory) },
          }),
        }),
    ],
    [
      'a function as permission source',
      () =>
        PatronusModule.forRoot({
          identityProvider: injected,
          permissions: { source: () => Promise.resolve({ permissions: ['notes.read'] }) },
        }),
    ],
    [
      'a list of providers',
      () =>
        PatronusModule.forRoot({
          identityProvider: [
            new TokenTableProvider(),
            oidc({ issuer: 'https://issuer.example', audience: 'notes' }),
          ],
        }),
    ],
  ])('starts and answers: %s', async (_name, module) => {
    const { app, notes } = await start([DirectoryModule, module()]);
    expect((await notes()).status).toBe(200);
    await app.close();
  });

  it.each<[string, object, string]>([
    ['no provider', {}, 'identityProvider: is missing.'],
    ['an empty list', { identityProvider: [] }, 'identityProvider: is an empty list.'],
    ['something else', { identityProvider: [42] }, 'identityProvider[0]: is not an'],
    ['a misspelt option', { tenacy: {} }, 'Did you mean "tenancy"?'],
    ['a misspelt tenancy option', { tenancy: { claims: 'x' } }, 'Did you mean "claim"?'],
    ['no header', { tenancy: { header: 'x y' } }, 'tenancy.header'],
    ['an unbounded cache', { identityCache: { max: 0 } }, 'identityCache.max'],
    [
      'an unknown role inherited',
      { permissions: { roles: { doctor: { inherits: ['recepcionist'] }, receptionist: [] } } },
      'permissions.roles.doctor.inherits: there is no role "recepcionist". Did you mean "receptionist"?',
    ],
    [
      'a circle of roles',
      { permissions: { roles: { a: { inherits: ['b'] }, b: { inherits: ['a'] } } } },
      'a → b → a',
    ],
    [
      'a wildcard in the wrong place',
      { permissions: { roles: { doctor: ['*.read'] } } },
      'permissions.roles.doctor[0]',
    ],
  ])('does not start on %s', async (_name, options, message) => {
    const identityProvider = new TokenTableProvider();
    // Options that a JavaScript caller could pass.
    const given: PatronusOptions = Object.assign({ identityProvider }, options);
    if (Object.keys(options).length === 0) Reflect.deleteProperty(given, 'identityProvider');
    await expect(start([PatronusModule.forRoot(given)])).rejects.toThrow(message);
    const later = PatronusModule.forRootAsync({ useFactory: () => given });
    await expect(start([later])).rejects.toThrow(message);
  });

  it('does not start where it is imported twice', async () => {
    const once = () => PatronusModule.forRoot({ identityProvider: new TokenTableProvider() });
    await expect(start([once(), once()])).rejects.toThrow('imported twice');
  });

  it.each(ADAPTERS)(
    'does not start on an adapter of another application: %s',
    async (_name, make) => {
      const adapter = make();
      const imports = [PatronusModule.forRoot({ identityProvider: new TokenTableProvider() })];
      @Module({ imports })
      class AppModule {}
      const options = { abortOnError: false, logger: false } as const;
      const first = await NestFactory.create(AppModule, adapter, options);
      await first.init();
      const second = await NestFactory.create(AppModule, adapter, options);
      await expect(second.init()).rejects.toThrow(
        'is started on an HTTP adapter that already serves another application. Create an adapter for each',
      );
      await first.close();
    },
  );

  it('does not start where a route contradicts itself', async () => {
    @Controller()
    class TornController extends NotesController {
      @Public() @RequirePermissions('notes.read') @Get('torn') torn() {
        return 'torn';
      }
    }
    const module = PatronusModule.forRoot({ identityProvider: new TokenTableProvider() });
    await expect(start([module], [TornController])).rejects.toThrow('TornController.torn');
  });

  it('starts with a warning where the provider cannot be reached, and answers 503 until it can', async () => {
    const { promise: warned, resolve } = Promise.withResolvers<string>();
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(resolve);
    const unreachable = oidc({ issuer: 'http://127.0.0.1:9', audience: 'notes' });
    const { app, notes } = await start([PatronusModule.forRoot({ identityProvider: unreachable })]);
    const sentence = await warned;
    expect(sentence).toMatch(/oidc cannot be reached yet/);
    expect(sentence).toContain('Cannot fetch http://127.0.0.1:9/');
    expect(sentence).not.toContain('Your access');
    const payload = Buffer.from(JSON.stringify({ iss: 'http://127.0.0.1:9' })).toString(
      'base64url',
    );
    const header = Buffer.from('{"alg":"RS256"}').toString('base64url');
    const answer = await notes(`${header}.${payload}.${'A'.repeat(342)}`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    await app.close();
    warn.mockRestore();
  });

  it('names each issuer that cannot be reached at start', async () => {
    const { promise: warned, resolve } = Promise.withResolvers<string>();
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(resolve);
    const urls = ['http://127.0.0.1:2', 'http://127.0.0.1:3'];
    const identityProvider = urls.map((issuer) => oidc({ issuer, audience: 'notes' }));
    const { app } = await start([PatronusModule.forRoot({ identityProvider })]);
    const sentence = await warned;
    for (const url of urls) expect(sentence).toMatch(new RegExp(`${url}\\b[^;]*ECONNREFUSED`));
    expect(sentence).not.toContain('Your access');
    await app.close();
    warn.mockRestore();
  });

  it.each(ADAPTERS)('supports %s', async (_name, adapter) => {
    @Module({
      imports: [PatronusModule.forRoot({ identityProvider: new TokenTableProvider() })],
      controllers: [NotesController],
    })
    class AppModule {}
    const app = await NestFactory.create(AppModule, adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    expect((await fetch(`${await app.getUrl()}/notes`)).status).toBe(401);
    await app.close();
  });

  it('guards nothing and breaks nothing in an application context without HTTP', async () => {
    @Module({ imports: [PatronusModule.forRoot({ identityProvider: new TokenTableProvider() })] })
    class WorkerModule {}
    const context = await NestFactory.createApplicationContext(WorkerModule, { logger: false });
    await context.close();
  });
});

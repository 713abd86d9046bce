import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import {
  AuthGuard,
  Coverage,
  PatronusModule,
  type PatronusModuleOptions,
  PermissionsGuard,
  RequirePermissions,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { TokenTableProvider } from './token-table.provider.js';

const seen: (string | undefined)[] = [];

/** Guard of the application, such as a limit for each caller. */
@Injectable()
class OwnGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    seen.push(context.switchToHttp().getRequest<{ user?: { id: string } }>().user?.id);
    return true;
  }
}

@Controller()
class NotesController {
  @Get('notes') @RequirePermissions('notes.read') notes() {}
}

@Controller()
@UseGuards(OwnGuard)
class OwnNotesController extends NotesController {}

@Module({ providers: [{ provide: APP_GUARD, useClass: OwnGuard }] })
class OwnGuardModule {}

const patronus = (options: Partial<PatronusModuleOptions> = {}) =>
  PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), ...options });

const app = (metadata: ModuleMetadata): ModuleMetadata => ({
  controllers: [NotesController],
  imports: [patronus()],
  ...metadata,
});

const BEFORE = ['OwnGuard', 'AuthGuard', 'PermissionsGuard'];
const AFTER = ['AuthGuard', 'PermissionsGuard', 'OwnGuard'];

/** Rows of the table of docs/guards.md. */
const PLACES: readonly (readonly [string, ModuleMetadata, readonly string[]])[] = [
  [
    'APP_GUARD in the root module',
    app({ providers: [{ provide: APP_GUARD, useClass: OwnGuard }] }),
    BEFORE,
  ],
  [
    'APP_GUARD in a module that is imported before',
    app({ imports: [OwnGuardModule, patronus()] }),
    BEFORE,
  ],
  [
    'APP_GUARD in a module that is imported after',
    app({ imports: [patronus(), OwnGuardModule] }),
    AFTER,
  ],
  ['useGlobalGuards()', app({}), AFTER],
  ['@UseGuards()', app({ controllers: [OwnNotesController] }), AFTER],
  [
    "guards: 'manual', and each guard in its place",
    app({
      imports: [patronus({ guards: 'manual', coverage: 'enforce' })],
      providers: [
        { provide: APP_GUARD, useExisting: AuthGuard },
        { provide: APP_GUARD, useClass: OwnGuard },
        { provide: APP_GUARD, useExisting: PermissionsGuard },
      ],
    }),
    ['AuthGuard', 'OwnGuard', 'PermissionsGuard'],
  ],
];

describe.each(ADAPTERS)("the order of an application's own guards, on %s", (_name, adapter) => {
  let made: INestApplication;
  afterEach(() => made.close());

  it.each(PLACES)('%s', async (where, metadata, order) => {
    @Module(metadata)
    class AppModule {}
    made = await NestFactory.create(AppModule, adapter(), { logger: false, abortOnError: false });
    if (where === 'useGlobalGuards()') made.useGlobalGuards(new OwnGuard());
    await made.listen(0, '127.0.0.1');
    const server = { app: made, url: await made.getUrl() };
    expect(made.get(Coverage).table()[0]?.guards).toEqual(order);
    seen.length = 0;
    expect((await ask(server, 'notes', 'ana')).status).toBe(200);
    expect(seen).toEqual([order[0] === 'OwnGuard' ? undefined : 'ana']);
    seen.length = 0;
    expect((await ask(server, 'notes')).status).toBe(401);
    expect(seen).toHaveLength(order[0] === 'OwnGuard' ? 1 : 0);
  });
});

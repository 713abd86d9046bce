import { afterEach, beforeEach, jest } from '@jest/globals';
import {
  type INestApplication,
  Logger,
  Module,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import {
  AuthGuard,
  Coverage,
  type HandlerCoverage,
  PatronusModule,
  type PatronusModuleOptions,
  PermissionsGuard,
} from '@patronus/nestjs';
import { TokenTableProvider } from '../core/token-table.provider.js';

export type Guards = readonly (typeof AuthGuard | typeof PermissionsGuard)[];
export type Reading = Partial<Pick<HandlerCoverage, 'enforces' | 'missingGuards' | 'refusal'>>;

export const BOTH: Guards = [AuthGuard, PermissionsGuard];

/** Results of a handler that requires a permission that no token here has. */
export const SEEN: Readonly<Record<string, readonly [anonymous: string, known: string]>> = {
  nothing: ['in', 'in'],
  caller: ['token_missing', 'in'],
  rule: ['token_missing', 'permission_denied'],
  order: ['guard_missing', 'guard_missing'],
  inheritance: ['transport_unsupported', 'transport_unsupported'],
};

export const MANUAL: readonly (readonly [string, Guards, Reading])[] = [
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

export function expectedOf({ enforces = 'refusal', refusal }: Reading) {
  return SEEN[refusal ?? enforces] ?? [];
}

/** Returns the line of a handler in the table of the application. */
export function rowOf(app: INestApplication, handler: RegExp): HandlerCoverage | undefined {
  const table = app.get(Coverage).table();
  return table.find((row) => handler.test(row.handler));
}

interface Parts {
  readonly controllers?: Type[];
  readonly providers?: Provider[];
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

/** Creates applications, closes them after each test, and collects their warnings. */
export class GuardBed {
  private readonly apps: INestApplication[] = [];
  private readonly warned = jest.fn<(line: string) => void>();

  constructor() {
    beforeEach(() => {
      jest.resetAllMocks();
      jest.spyOn(Logger.prototype, 'warn').mockImplementation(this.warned);
    });
    afterEach(async () => {
      for (const app of this.apps.splice(0)) await app.close();
    });
  }

  warnings(part: RegExp): readonly string[] {
    return this.warned.mock.calls.flat().filter((line) => part.test(line));
  }

  /** Closes an application after the test. */
  keep(app: INestApplication): INestApplication {
    this.apps.push(app);
    return app;
  }

  async make(
    { imports = [], ...parts }: Parts,
    options: Partial<PatronusModuleOptions>,
    adapter: AbstractHttpAdapter = new ExpressAdapter(),
  ): Promise<INestApplication> {
    const identityProvider = new TokenTableProvider();
    @Module({
      ...parts,
      imports: [PatronusModule.forRoot({ identityProvider, ...options }), ...imports],
    })
    class AppModule {}
    const quiet = { logger: false, abortOnError: false } as const;
    return this.keep(await NestFactory.create(AppModule, adapter, quiet));
  }
}

import type { DynamicModule, FactoryProvider, Provider } from '@nestjs/common';
import { checkMembers } from './errors/check-option.js';
import { PatronusConfigurationError } from './errors/configuration.error.js';
import { PATRONUS_OPTIONS } from './patronus.module-definition.js';
import { memberOf } from './transport/member-of.js';

/**
 * Options beside the factory of `forRootAsync`, because Nest reads them before the factory runs.
 */
const BESIDE = ['guards', 'imports', 'permissionSource', 'memberships', 'tenantDirectory'];

/** Members of Nest's own options of `forRootAsync`. */
const OF_NEST = ['useFactory', 'inject', 'useClass', 'useExisting', 'provideInjectionTokensFrom'];

/** Options that may be a provider for Nest to create, with their name beside the factory. */
const MADE_BY_NEST = [
  ['identityProvider', 'identityProvider'],
  ['revocations', 'revocations'],
  ['accounts', 'accounts'],
  ['permissions.source', 'permissionSource'],
  ['tenancy.memberships', 'memberships'],
  ['tenancy.directory', 'tenantDirectory'],
] as const;

/**
 * Returns the same module, which refuses options that a factory cannot return. It checks them
 * first, before anything else reads them.
 */
export function refusingMisplaced(module: DynamicModule): DynamicModule {
  const providers = module.providers?.map((provider) =>
    isOptionsFactory(provider)
      ? {
          ...provider,
          useFactory: async (...made: unknown[]) =>
            refuseMisplaced(await provider.useFactory(...made)),
        }
      : provider,
  );
  return { ...module, ...(providers && { providers }) };
}

function isOptionsFactory(provider: Provider): provider is FactoryProvider<unknown> {
  return 'useFactory' in provider && provider.provide === PATRONUS_OPTIONS;
}

/**
 * Refuses misplaced options.
 *
 * @throws {PatronusConfigurationError} if an option is misplaced; names its place
 */
function refuseMisplaced<Options>(options: Options): Options {
  for (const name of BESIDE) {
    if (memberOf(options, name) !== undefined) throw beside(name, name);
  }
  for (const [path, name] of MADE_BY_NEST) {
    const value = path.split('.').reduce<unknown>(memberOf, options);
    const isForNest = ['useClass', 'useExisting', 'useFactory'].some(
      (member) => memberOf(value, member) !== undefined,
    );
    if (isForNest) throw beside(path, name);
  }
  return options;
}

/**
 * Refuses members beside the factory of `forRootAsync` that would have no effect.
 *
 * @param known - the options that a factory returns
 * @throws {PatronusConfigurationError}
 */
export function checkAsyncOptions(options: object, known: readonly string[]): void {
  const allowed = [...BESIDE, ...OF_NEST, ...MADE_BY_NEST.map(([, name]) => name)];
  for (const name of Object.keys(options)) {
    if (allowed.includes(name) || !known.includes(name)) continue;
    throw new PatronusConfigurationError(
      name,
      'is given beside the factory of forRootAsync(), where it has no effect.',
      'Return it from the factory: useFactory: () => ({ … }).',
    );
  }
  checkMembers('forRootAsync', options, allowed);
}

function beside(path: string, name: string): PatronusConfigurationError {
  return new PatronusConfigurationError(
    path,
    'cannot come from the factory of forRootAsync(): Nest reads it before the factory runs.',
    `Write it beside the factory: PatronusModule.forRootAsync({ ${name}: …, useFactory }).`,
  );
}

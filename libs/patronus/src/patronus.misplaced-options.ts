import type { DynamicModule, FactoryProvider, Provider } from '@nestjs/common';
import { checkMembers } from './errors/check-option.js';
import { PatronusConfigurationError } from './errors/configuration.error.js';
import { memberNames } from './errors/member-names.js';
import { PATRONUS_OPTIONS } from './patronus.module-definition.js';
import { GUARD_OPTION_NAMES, OPTION_NAMES } from './patronus.option-names.js';
import { memberOf } from './transport/member-of.js';

/**
 * Options beside the factory of `forRootAsync`, because Nest reads them before the factory runs.
 */
const BESIDE = [...GUARD_OPTION_NAMES, 'permissionSource', 'memberships', 'tenantDirectory'];

/** Forms of what makes a provider. */
const MAKERS = ['useFactory', 'useClass', 'useExisting'];

/** Members of Nest's own options of `forRootAsync`. */
const OF_NEST = [...MAKERS, 'inject', 'provideInjectionTokensFrom'];

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
  if (typeof options !== 'object' || options === null) {
    throw new PatronusConfigurationError(
      'forRootAsync',
      'has a factory that returns no options.',
      'Return them from it: useFactory: () => ({ identityProvider: … }).',
    );
  }
  for (const name of BESIDE) {
    if (memberOf(options, name) !== undefined) throw beside(name, name);
  }
  for (const [path, name] of MADE_BY_NEST) {
    const value = path.split('.').reduce<unknown>(memberOf, options);
    const isForNest = MAKERS.some((member) => memberOf(value, member) !== undefined);
    if (isForNest) throw beside(path, name);
  }
  checkMembers('', options, [...OPTION_NAMES, ...GUARD_OPTION_NAMES]);
  return options;
}

/**
 * Refuses members beside the factory of `forRootAsync` that would have no effect.
 *
 * @throws {PatronusConfigurationError}
 */
export function checkAsyncOptions(options: object): void {
  const allowed = [...BESIDE, ...OF_NEST, ...MADE_BY_NEST.map(([, name]) => name)];
  const given: unknown = options;
  const names = typeof given === 'object' && given !== null ? memberNames(given) : [];
  for (const name of names) {
    if (allowed.includes(name) || !OPTION_NAMES.includes(name)) continue;
    throw new PatronusConfigurationError(
      name,
      'is given beside the factory of forRootAsync(), where it has no effect.',
      'Return it from the factory: useFactory: () => ({ … }).',
    );
  }
  checkMembers('forRootAsync', options, allowed);
  if (MAKERS.some((maker) => memberOf(options, maker) !== undefined)) return;
  throw new PatronusConfigurationError(
    'forRootAsync',
    'is given nothing that makes the options.',
    'Give useFactory: () => ({ … }), useClass or useExisting.',
  );
}

function beside(path: string, name: string): PatronusConfigurationError {
  return new PatronusConfigurationError(
    path,
    'cannot come from the factory of forRootAsync(): Nest reads it before the factory runs.',
    `Write it beside the factory: PatronusModule.forRootAsync({ ${name}: …, useFactory }).`,
  );
}

import type { AccountSource } from './accounts/account-source.js';
import type { PermissionSource } from './authorization/grants/permission-source.js';
import type { IdentityProvider } from './identity/identity-provider.js';
import type { Injectable, PatronusModuleOptions, PatronusOptions } from './patronus.options.js';
import type { Revocations } from './revocation/revocations.js';
import type { Memberships } from './tenancy/memberships.js';
import type { TenantDirectory } from './tenancy/tenant-directory.js';

/** Parts of the options that Nest creates. */
export interface InjectableParts {
  readonly identityProvider?: Injectable<IdentityProvider> | undefined;
  readonly accounts?: Injectable<AccountSource> | undefined;
  readonly permissionSource?: Injectable<PermissionSource> | undefined;
  readonly revocations?: Injectable<Revocations> | undefined;
  readonly memberships?: Injectable<Memberships> | undefined;
  readonly tenantDirectory?: Injectable<TenantDirectory> | undefined;
}

/** Separates the options that Nest creates from those that are used as they are. */
export function splitOptions(options: PatronusModuleOptions): {
  readonly plain: Partial<PatronusOptions>;
  readonly injectables: InjectableParts;
} {
  const { identityProvider, accounts, permissions, revocations, tenancy, ...others } = options;
  const { guards: _guards, imports: _imports, ...rest } = others;
  const { source, ...permissionOptions } = permissions ?? {};
  const { memberships, directory, ...tenancyOptions } = tenancy ?? {};
  return {
    plain: {
      ...rest,
      ...(isPlain(identityProvider) && { identityProvider }),
      accounts: asItIs(accounts),
      revocations: asItIs(revocations),
      permissions: { ...permissionOptions, source: asItIs(source) },
      tenancy: tenancy && {
        ...tenancyOptions,
        memberships: asItIs(memberships),
        directory: asItIs(directory),
      },
    },
    injectables: {
      identityProvider: byNest(identityProvider),
      accounts: byNest(accounts),
      permissionSource: byNest(source),
      revocations: byNest(revocations),
      memberships: byNest(memberships),
      tenantDirectory: byNest(directory),
    },
  };
}

type MadeByNest<T> = Extract<T, Injectable<object>>;

function asItIs<T>(option: T): Exclude<T, MadeByNest<T>> | undefined {
  return isPlain(option) ? option : undefined;
}

function byNest<T>(option: T): MadeByNest<T> | undefined {
  return isInjectable(option) ? option : undefined;
}

function isPlain<T>(option: T): option is Exclude<T, MadeByNest<T>> {
  return !isInjectable(option);
}

function isInjectable<T>(option: T): option is MadeByNest<T> {
  return (
    typeof option === 'object' &&
    option !== null &&
    ('useClass' in option || 'useExisting' in option || 'useFactory' in option)
  );
}

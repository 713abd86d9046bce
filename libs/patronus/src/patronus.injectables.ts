import type { AccountSource } from './accounts/account-source.js';
import { PERMISSION_OPTIONS } from './authorization/grants/permission-policy.js';
import type { PermissionSource } from './authorization/grants/permission-source.js';
import { flatMembers } from './errors/member-names.js';
import type { IdentityProvider } from './identity/identity-provider.js';
import { GUARD_OPTION_NAMES, OPTION_NAMES } from './patronus.option-names.js';
import type { Injectable, PatronusModuleOptions, PatronusOptions } from './patronus.options.js';
import type { Revocations } from './revocation/revocations.js';
import type { Memberships } from './tenancy/memberships.js';
import type { TenantDirectory } from './tenancy/tenant-directory.js';
import { TENANCY_OPTIONS } from './tenancy/tenant-policy.js';

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
  const members = flatMembers(options, [...OPTION_NAMES, ...GUARD_OPTION_NAMES]);
  const { identityProvider, accounts, permissions, revocations, tenancy, ...others } = members;
  const { guards: _guards, imports: _imports, ...rest } = others;
  const { source, ...permissionOptions } = flat(permissions, PERMISSION_OPTIONS);
  const { memberships, directory, ...tenancyOptions } = flat(tenancy, TENANCY_OPTIONS);
  return {
    plain: {
      ...rest,
      ...(isPlain(identityProvider) && { identityProvider }),
      accounts: asItIs(accounts),
      revocations: asItIs(revocations),
      permissions:
        permissions === undefined || isGroup(permissions)
          ? { ...permissionOptions, source: asItIs(source) }
          : permissions,
      tenancy: isGroup(tenancy)
        ? { ...tenancyOptions, memberships: asItIs(memberships), directory: asItIs(directory) }
        : tenancy,
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

/** Returns the members of a group of options. A class may define them as getters. */
function flat<Options extends object>(
  options: Options | undefined,
  known: readonly string[],
): Partial<Options> {
  return isGroup(options) ? flatMembers(options, known) : {};
}

/** Returns true for an object. Anything else stays as it is, for the check at the start. */
function isGroup<T>(options: T): options is T & object {
  return typeof options === 'object' && options !== null && !Array.isArray(options);
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

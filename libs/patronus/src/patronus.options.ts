import type {
  ClassProvider,
  ConfigurableModuleAsyncOptions,
  ExistingProvider,
  FactoryProvider,
  ModuleMetadata,
} from '@nestjs/common';
import type { AccountCacheOptions } from './accounts/account-cache.js';
import type { AccountSource } from './accounts/account-source.js';
import type { CredentialOptions } from './authentication/credential.options.js';
import type { DPoPOptions } from './authentication/dpop/dpop.options.js';
import type { PermissionOptions } from './authorization/grants/permission.options.js';
import type { PermissionSource } from './authorization/grants/permission-source.js';
import type { CoverageMode } from './coverage/coverage.gate.js';
import type { IdentityCacheOptions } from './identity/identity-cache.js';
import type { IdentityProvider } from './identity/identity-provider.js';
import type { ExplanationAudience } from './observability/explanation-audience.js';
import type { ProtectedResourceOptions } from './protected-resource/protected-resource.options.js';
import type { Revocations } from './revocation/revocations.js';
import type { Memberships } from './tenancy/memberships.js';
import type { TenancyOptions } from './tenancy/tenancy.options.js';
import type { TenantDirectory } from './tenancy/tenant-directory.js';
import type { Transport } from './transport/transport.js';

/** A provider in Nest's own forms, less its token. */
export type Injectable<T> =
  | Omit<ClassProvider<T>, 'provide' | 'scope'>
  | Omit<ExistingProvider<T>, 'provide'>
  | Omit<FactoryProvider<T>, 'provide' | 'scope'>;

/** What {@link PatronusModule} needs to know. Read once, at start. */
export interface PatronusOptions {
  /** One provider, or a list of trusted issuers. */
  readonly identityProvider: IdentityProvider | readonly IdentityProvider[];
  /**
   * Finds the application's own account of every caller, or refuses the caller. Left out, a good
   * credential is enough.
   */
  readonly accounts?: AccountSource | undefined;
  /** How the answers of `accounts` are kept: for 30 seconds by default. */
  readonly accountCache?: AccountCacheOptions | undefined;
  /** Left out, the application has no tenants, and no route asks for one. */
  readonly tenancy?: TenancyOptions | undefined;
  /** What roles may do, and where a caller's authority comes from. The token's claims, unless told. */
  readonly permissions?: PermissionOptions | undefined;
  /** How many identities are remembered, and for how long. */
  readonly identityCache?: IdentityCacheOptions | undefined;
  /** Where a credential may come from, beyond the `Authorization` header. */
  readonly credentials?: CredentialOptions | undefined;
  /** Which credentials count no more. In this process's memory, unless told. */
  readonly revocations?: Revocations | undefined;
  /**
   * What happens at start to handlers that nobody wrote a rule for: `report` (default) lists every
   * handler in the log, `enforce` refuses to start, also where a hybrid application binds handlers
   * without its guards.
   */
  readonly coverage?: CoverageMode | undefined;
  /**
   * Who sees why a call is denied: `operators`, in log and events, or `callers` too, in the answer.
   * `callers` only where `NODE_ENV` is `development`, unless told; never where it is `production`.
   */
  readonly explain?: ExplanationAudience | undefined;
  /** What calls come by besides HTTP. What is not listed is denied. */
  readonly transports?: readonly Transport[] | undefined;
  /** How proofs of possession are checked (RFC 9449). Bound tokens need one in any case. */
  readonly dpop?: DPoPOptions | undefined;
  /** Tells clients where to get a token for this API (RFC 9728). Nothing is told, unless given. */
  readonly protectedResource?: ProtectedResourceOptions | undefined;
}

/** How the guards reach the application. */
export interface GuardOptions {
  /**
   * `global` (default): every route is closed unless `@Public()`. `manual`: the application writes
   * `@UseGuards(AuthGuard, PermissionsGuard)` where it wants them.
   */
  readonly guards?: 'global' | 'manual' | undefined;
  /** Modules that export what an injectable part needs, such as an account source. */
  readonly imports?: ModuleMetadata['imports'] | undefined;
}

/** The options of `PatronusModule.forRoot`. */
export type PatronusModuleOptions = GuardOptions &
  Omit<
    PatronusOptions,
    'identityProvider' | 'accounts' | 'permissions' | 'revocations' | 'tenancy'
  > & {
    /** One provider, a list of trusted issuers, or a provider that Nest makes. */
    readonly identityProvider: PatronusOptions['identityProvider'] | Injectable<IdentityProvider>;
    /**
     * Finds the application's own account of every caller, or refuses the caller. Left out, a good
     * credential is enough.
     */
    readonly accounts?: PatronusOptions['accounts'] | Injectable<AccountSource>;
    /** Which credentials count no more. In this process's memory, unless told. */
    readonly revocations?: PatronusOptions['revocations'] | Injectable<Revocations>;
    /** Left out, the application has no tenants, and no route asks for one. */
    readonly tenancy?:
      | (Omit<TenancyOptions, 'memberships' | 'directory'> & {
          readonly memberships?: TenancyOptions['memberships'] | Injectable<Memberships>;
          readonly directory?: TenancyOptions['directory'] | Injectable<TenantDirectory>;
        })
      | undefined;
    /** What roles may do, and where a caller's authority comes from. The token's claims, unless told. */
    readonly permissions?:
      | (Omit<PermissionOptions, 'source'> & {
          readonly source?: PermissionOptions['source'] | Injectable<PermissionSource>;
        })
      | undefined;
  };

/** The options of `PatronusModule.forRootAsync`: injectables stand beside the factory. */
export type PatronusModuleAsyncOptions = GuardOptions &
  ConfigurableModuleAsyncOptions<
    Omit<PatronusOptions, 'identityProvider'> & Partial<Pick<PatronusOptions, 'identityProvider'>>,
    'createPatronusOptions'
  > & {
    /** Where Nest is to make it; else the factory gives it. */
    readonly identityProvider?: Injectable<IdentityProvider> | undefined;
    /** In the place of the factory's `accounts`. */
    readonly accounts?: Injectable<AccountSource> | undefined;
    /** In the place of `permissions.source`. */
    readonly permissionSource?: Injectable<PermissionSource> | undefined;
    /** In the place of the factory's `revocations`. */
    readonly revocations?: Injectable<Revocations> | undefined;
    /** In the place of `tenancy.memberships`. */
    readonly memberships?: Injectable<Memberships> | undefined;
    /** In the place of `tenancy.directory`. */
    readonly tenantDirectory?: Injectable<TenantDirectory> | undefined;
  };

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

/** Provider in Nest's own forms, without its token. */
export type Injectable<T> =
  | Omit<ClassProvider<T>, 'provide' | 'scope'>
  | Omit<ExistingProvider<T>, 'provide'>
  | Omit<FactoryProvider<T>, 'provide' | 'scope'>;

/** Options of {@link PatronusModule}. Read once, at start. */
export interface PatronusOptions {
  /** Provider, or list of trusted issuers. */
  readonly identityProvider: IdentityProvider | readonly IdentityProvider[];
  /**
   * Finds the application's own account of every caller, or refuses the caller. Without it, a valid
   * credential is enough.
   */
  readonly accounts?: AccountSource | undefined;
  /** Cache of the answers of `accounts`, for 30 seconds by default. */
  readonly accountCache?: AccountCacheOptions | undefined;
  /**
   * Tenants of the application. Without it, the application has no tenants, and no route requires
   * one.
   */
  readonly tenancy?: TenancyOptions | undefined;
  /**
   * Permissions of roles, and the source of a caller's roles and permissions. By default the claims
   * of the token.
   */
  readonly permissions?: PermissionOptions | undefined;
  /** Limits of the cache of verified identities. */
  readonly identityCache?: IdentityCacheOptions | undefined;
  /** Sources of credentials, besides the `Authorization` header. */
  readonly credentials?: CredentialOptions | undefined;
  /** Store of revoked credentials. By default the memory of this process. */
  readonly revocations?: Revocations | undefined;
  /**
   * Action at start for handlers without a rule: `report` (default) lists every handler in the log,
   * `enforce` refuses to start, also if a hybrid application binds handlers without its guards.
   */
  readonly coverage?: CoverageMode | undefined;
  /**
   * Readers of the explanation of a denial: `operators`, in log and events, or `callers` too, in
   * the answer. Default: `callers` if `NODE_ENV` is `development`, else `operators`. The start fails
   * with `callers` if `NODE_ENV` is `production`.
   */
  readonly explain?: ExplanationAudience | undefined;
  /** Transports besides HTTP. Calls of a transport that is not listed are denied. */
  readonly transports?: readonly Transport[] | undefined;
  /** Check of proofs of possession (RFC 9449). Bound tokens need a proof in any case. */
  readonly dpop?: DPoPOptions | undefined;
  /**
   * Metadata that tells clients where to get a token for this API (RFC 9728). Not published by
   * default.
   */
  readonly protectedResource?: ProtectedResourceOptions | undefined;
}

/** Registration of the guards with the application. */
export interface GuardOptions {
  /**
   * `global` (default): every route is closed unless `@Public()`. `manual`: the application applies
   * `@UseGuards(AuthGuard, PermissionsGuard)` itself.
   */
  readonly guards?: 'global' | 'manual' | undefined;
  /** Modules that export the dependencies of an injectable part, such as an account source. */
  readonly imports?: ModuleMetadata['imports'] | undefined;
}

/** Options of `PatronusModule.forRoot`. */
export type PatronusModuleOptions = GuardOptions &
  Omit<
    PatronusOptions,
    'identityProvider' | 'accounts' | 'permissions' | 'revocations' | 'tenancy'
  > & {
    /** Provider, list of trusted issuers, or provider that Nest creates. */
    readonly identityProvider: PatronusOptions['identityProvider'] | Injectable<IdentityProvider>;
    /**
     * Finds the application's own account of every caller, or refuses the caller. Without it, a
     * valid credential is enough.
     */
    readonly accounts?: PatronusOptions['accounts'] | Injectable<AccountSource>;
    /** Store of revoked credentials. By default the memory of this process. */
    readonly revocations?: PatronusOptions['revocations'] | Injectable<Revocations>;
    /**
     * Tenants of the application. Without it, the application has no tenants, and no route requires
     * one.
     */
    readonly tenancy?:
      | (Omit<TenancyOptions, 'memberships' | 'directory'> & {
          readonly memberships?: TenancyOptions['memberships'] | Injectable<Memberships>;
          readonly directory?: TenancyOptions['directory'] | Injectable<TenantDirectory>;
        })
      | undefined;
    /**
     * Permissions of roles, and the source of a caller's roles and permissions. By default the
     * claims of the token.
     */
    readonly permissions?:
      | (Omit<PermissionOptions, 'source'> & {
          readonly source?: PermissionOptions['source'] | Injectable<PermissionSource>;
        })
      | undefined;
  };

/** Options of `PatronusModule.forRootAsync`. Injectable parts are listed beside the factory. */
export type PatronusModuleAsyncOptions = GuardOptions &
  ConfigurableModuleAsyncOptions<
    Omit<PatronusOptions, 'identityProvider'> & Partial<Pick<PatronusOptions, 'identityProvider'>>,
    'createPatronusOptions'
  > & {
    /** Identity provider, if Nest is to create it. Otherwise the factory returns it. */
    readonly identityProvider?: Injectable<IdentityProvider> | undefined;
    /** Replaces the factory's `accounts`. */
    readonly accounts?: Injectable<AccountSource> | undefined;
    /** Replaces `permissions.source`. */
    readonly permissionSource?: Injectable<PermissionSource> | undefined;
    /** Replaces the factory's `revocations`. */
    readonly revocations?: Injectable<Revocations> | undefined;
    /** Replaces `tenancy.memberships`. */
    readonly memberships?: Injectable<Memberships> | undefined;
    /** Replaces `tenancy.directory`. */
    readonly tenantDirectory?: Injectable<TenantDirectory> | undefined;
  };

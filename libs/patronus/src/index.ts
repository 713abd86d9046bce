export { PatronusModule } from './patronus.module.js';
export type {
  GuardOptions,
  Injectable,
  PatronusModuleAsyncOptions,
  PatronusModuleOptions,
  PatronusOptions,
} from './patronus.options.js';

export {
  AccountCache,
  type AccountCacheOptions,
  type AccountSelection,
} from './accounts/account-cache.js';
export { AccountSource, type AccountSubject } from './accounts/account-source.js';

export { AuthGuard } from './authentication/auth.guard.js';
export type { CookieOptions, CredentialOptions } from './authentication/credential.options.js';
export { CurrentAccount, CurrentUser } from './authentication/current-user.decorator.js';
export {
  clearSessionCookie,
  sessionCookie,
  type SessionCookieOptions,
} from './authentication/session-cookie.js';

export type { DPoPNonceOptions } from './authentication/dpop/dpop-nonces.js';
export { DPoPReplays } from './authentication/dpop/dpop-replays.js';
export type { DPoPOptions } from './authentication/dpop/dpop.options.js';
export {
  InMemoryDPoPReplays,
  type InMemoryDPoPReplaysOptions,
} from './authentication/dpop/in-memory.dpop-replays.js';

export { AcceptIssuers } from './authorization/accept-issuers.decorator.js';
export { Access, type AccessSubject } from './authorization/access.js';
// A star export: only then does `declare module '@patronus/nestjs'` reach the catalogue.
export type * from './authorization/catalogue.js';
export { ClaimsPermissionSource } from './authorization/grants/claims-permission-source.js';
export type { PermissionSourceFunction } from './authorization/grants/function-permission-source.js';
export type {
  Explanation,
  GrantTrail,
  NeedExplanation,
  RequirementExplanation,
} from './authorization/explanation/explanation.js';
export {
  AllowQueryToken,
  OptionalAuth,
  Public,
  RequireAny,
  RequireAnyPermission,
  RequireAnyPlatformPermission,
  RequireAnyPlatformRole,
  RequireAnyRole,
  RequireDPoP,
  RequirePermissions,
  RequirePlatformPermissions,
  RequirePlatformRoles,
  RequireRoles,
  RequireScopes,
  TenantOptional,
} from './authorization/decorators.js';
export type { GrantedAuthority } from './authorization/grants/granted-authority.js';
export { PermissionCache } from './authorization/grants/permission-cache.js';
export {
  PermissionSource,
  type PermissionSubject,
} from './authorization/grants/permission-source.js';
export type {
  PermissionCacheOptions,
  PermissionOptions,
} from './authorization/grants/permission.options.js';
export { PermissionsGuard } from './authorization/permissions.guard.js';
export { Authorize } from './authorization/policies/authorize.decorator.js';
export { OwnedResource, type ResourceOwner } from './authorization/policies/owned-resource.js';
export type { PolicyContext } from './authorization/policies/policy-context.js';
export { RequireOwner } from './authorization/policies/require-owner.decorator.js';
export { ResourceLoader } from './authorization/policies/resource-loader.js';
export { ResourcePolicy } from './authorization/policies/resource-policy.js';
export { Resource } from './authorization/policies/resource.decorator.js';
export {
  RequireAuthentication,
  type AuthenticationDemand,
} from './authorization/require-authentication.decorator.js';
export type { AccessRequirement } from './authorization/rules/requirement.js';
export {
  anyOf,
  permissions,
  platformPermissions,
  platformRoles,
  roles,
  scopes,
} from './authorization/rules/requirements.js';
export type { PlatformRoleMap, RoleDefinition, RoleMap } from './authorization/grants/role-map.js';
export type { PurgeFilter } from './authorization/grants/subject-key.js';

export { Coverage } from './coverage/coverage.js';
export type { CoverageMode } from './coverage/coverage.gate.js';
export type { HandlerCoverage } from './coverage/handler-coverage.js';

export { protect } from './mounted/protect.js';

export { PatronusConfigurationError } from './errors/configuration.error.js';
export type { PatronusErrorCode } from './errors/error-codes.js';
export { PatronusError, type PatronusErrorDetails } from './errors/patronus.error.js';

export type { Credential, CredentialScheme } from './identity/credential.js';
export { type Claims, Identity, type IdentityFields } from './identity/identity.js';
export {
  IdentityCache,
  type IdentityCacheOptions,
  type IdentitySelection,
} from './identity/identity-cache.js';
export { IdentityProvider } from './identity/identity-provider.js';
export { IssuerDirectory, issuerDirectory } from './identity/issuer-directory.js';
export type { KnownKeys } from './identity/known-keys.js';
export type { MappedFields } from './identity/mapped-fields.js';
export type { ProviderEvent } from './identity/provider-event.js';

export type {
  AllowedEvent,
  AuthEvent,
  AuthEventOf,
  AuthEventType,
  Decision,
  DeniedEvent,
  RevokedEvent,
  TenantCrossingEvent,
} from './observability/auth-event.js';
export { AuthEvents } from './observability/auth-events.js';
export { DenialLog } from './observability/denials/denial-log.js';
export { DenialLogModule } from './observability/denials/denial-log.module.js';
export type { DenialLogOptions } from './observability/denials/denial-log.options.js';
export { type DenialRecord, DenialWriter } from './observability/denials/denial-writer.js';
export { ndjsonDenials } from './observability/denials/ndjson-denials.js';
export type { ExplanationAudience } from './observability/explanation-audience.js';

export type { ProtectedResourceOptions } from './protected-resource/protected-resource.options.js';

export type { Revocation } from './revocation/revocation.js';
export type { RevocationOptions } from './revocation/revocation.options.js';
export { InMemoryRevocations } from './revocation/in-memory.revocations.js';
export { Revocations } from './revocation/revocations.js';

export type { GuardedRequest, RequestMessage } from './transport/guarded-request.js';
export type { CallTarget } from './transport/call-target.js';
export { Transport } from './transport/transport.js';
export type { TransportHost } from './transport/transport-host.js';

export { CachedFor, type CacheAudience } from './tenancy/cache/cached-for.decorator.js';
export { TenantCache } from './tenancy/cache/tenant-cache.js';
export { TenantCacheInterceptor } from './tenancy/cache/tenant-cache.interceptor.js';
export { CurrentTenant } from './tenancy/current-tenant.decorator.js';
export { Memberships } from './tenancy/memberships.js';
export type { TenancyOptions } from './tenancy/tenancy.options.js';
export { TenantContext } from './tenancy/tenant-context.js';
export type { Crossing } from './tenancy/tenant-crossing.js';
export { TenantDirectory, type TenantStatus } from './tenancy/tenant-directory.js';
export { type InTenant, TenantJobs } from './tenancy/tenant-jobs.js';
export { TenantLookups } from './tenancy/tenant-lookups.js';

import { CACHE_MANAGER } from '@nestjs/cache-manager';
import type { Provider } from '@nestjs/common';
import { AccountCache } from './accounts/account-cache.js';
import { AccountSource } from './accounts/account-source.js';
import { AuthGuard } from './authentication/auth.guard.js';
import { Authenticator } from './authentication/authenticator.js';
import { CredentialReader } from './authentication/credential-reader.js';
import { DPoPVerifier } from './authentication/dpop/dpop-verifier.js';
import { PatronusStrategy } from './authentication/patronus.strategy.js';
import { Access } from './authorization/access.js';
import { AskedNames } from './authorization/asked-names.js';
import { DecisionLog } from './authorization/decision-log.js';
import { Explainer } from './authorization/explanation/explainer.js';
import { GrantableNames } from './authorization/grants/grantable-names.js';
import { GrantsResolver } from './authorization/grants/grants-resolver.js';
import { PermissionCache } from './authorization/grants/permission-cache.js';
import { PermissionPolicy } from './authorization/grants/permission-policy.js';
import { PermissionSource } from './authorization/grants/permission-source.js';
import { PermissionsGuard } from './authorization/permissions.guard.js';
import { ResourcePolicies } from './authorization/policies/resource-policies.js';
import { RuleRegistry } from './authorization/rules/rule-registry.js';
import { TenantRequirement } from './authorization/tenant-requirement.js';
import { Coverage } from './coverage/coverage.js';
import { CoverageGate, coverageMode } from './coverage/coverage.gate.js';
import { CoveredHandlers } from './coverage/covered-handlers.js';
import { GuardsInForce } from './coverage/guards-in-force.js';
import { UngrantedNames } from './coverage/ungranted-names.js';
import { UnknownIssuers } from './coverage/unknown-issuers.js';
import { composeProviders } from './identity/compose-providers.js';
import { IdentityCache } from './identity/identity-cache.js';
import { IdentityProvider } from './identity/identity-provider.js';
import { AuthEvents } from './observability/auth-events.js';
import { Decisions } from './observability/decisions.js';
import { explanationAudience } from './observability/explanation-audience.js';
import type { InjectableParts } from './patronus.injectables.js';
import { PATRONUS_OPTIONS } from './patronus.module-definition.js';
import type { GuardOptions, Injectable, PatronusOptions } from './patronus.options.js';
import { Plugged, handOver, type Token, withStandIns } from './patronus.plugged.js';
import { ProtectedResource } from './protected-resource/protected-resource.js';
import { InMemoryRevocations } from './revocation/in-memory.revocations.js';
import { transportRooms } from './patronus.transports.js';
import { requireRevocations } from './revocation/require-revocations.js';
import { Revocations } from './revocation/revocations.js';
import { Memberships } from './tenancy/memberships.js';
import { TenantContext } from './tenancy/tenant-context.js';
import { TenantCrossing } from './tenancy/tenant-crossing.js';
import { TenantDirectory } from './tenancy/tenant-directory.js';
import { TenantJobs } from './tenancy/tenant-jobs.js';
import { TenantLookups, directoryOf, membershipsOf } from './tenancy/tenant-lookups.js';
import { TenantPolicy } from './tenancy/tenant-policy.js';
import { HandlerExplorer } from './transport/handler-explorer.js';
import { Transports } from './transport/transports.js';

type Options = Partial<PatronusOptions>;

const PROVIDERS: readonly Provider[] = [
  HandlerExplorer,
  CoveredHandlers,
  Coverage,
  UngrantedNames,
  AuthEvents,
  Plugged,
  TenantCrossing,
  TenantJobs,
  RuleRegistry,
  Explainer,
  PatronusStrategy,
  AuthGuard,
  ResourcePolicies,
  PermissionsGuard,
];

/** Parts of the module that the application may replace, with the option for each. */
const PLUGGABLE: readonly (readonly [keyof InjectableParts, Token<object>, option: string])[] = [
  ['identityProvider', IdentityProvider, 'identityProvider'],
  ['accounts', AccountSource, 'accounts'],
  ['permissionSource', PermissionSource, 'permissions.source'],
  ['revocations', Revocations, 'revocations'],
  ['memberships', Memberships, 'tenancy.memberships'],
  ['tenantDirectory', TenantDirectory, 'tenancy.directory'],
];

/**
 * Returns all providers of the module, made from the options.
 *
 * @param parts - parts that Nest creates. Other providers inject a stand-in for each of them.
 * @param isAsync - true if a factory of the application makes the options. The factory may inject
 * the module's own providers.
 */
export function providersOf(
  parts: InjectableParts,
  guards: NonNullable<GuardOptions['guards']>,
  isAsync: boolean,
): Provider[] {
  const plugged = new Set<Token<object>>([TenantCrossing]);
  for (const [option, token] of PLUGGABLE) {
    if (parts[option] !== undefined) plugged.add(token);
  }
  if (plugged.has(IdentityProvider)) plugged.add(CredentialReader);
  if (isAsync) plugged.add(TenantPolicy);
  return [
    ...handOver(
      new Map([
        ...PLUGGABLE.map(([, token, option]) => [token, option] as const),
        [CredentialReader, 'credentials'],
        [TenantPolicy, 'tenancy'],
        [TenantCrossing, 'tenancy'],
      ]),
    ),
    withStandIns(plugged, {
      provide: TenantContext,
      inject: [TenantPolicy, TenantCrossing],
      useFactory: (...known: ConstructorParameters<typeof TenantContext>) =>
        new TenantContext(...known),
    }),
    withStandIns(plugged, {
      provide: GrantsResolver,
      inject: [PermissionSource, PermissionPolicy, PermissionCache],
      useFactory: (...known: ConstructorParameters<typeof GrantsResolver>) =>
        new GrantsResolver(...known),
    }),
    withStandIns(plugged, {
      provide: PermissionCache,
      inject: [CACHE_MANAGER, PermissionPolicy, PermissionSource],
      useFactory: (...known: ConstructorParameters<typeof PermissionCache>) =>
        new PermissionCache(...known),
    }),
    injectable(IdentityProvider, parts.identityProvider, (options) =>
      composeProviders(options.identityProvider),
    ),
    injectable(Revocations, parts.revocations, ({ revocations }) =>
      revocations === undefined ? new InMemoryRevocations() : requireRevocations(revocations),
    ),
    injectable(AccountSource, parts.accounts, ({ accounts }) => accounts),
    {
      provide: AccountCache,
      inject: [PATRONUS_OPTIONS, Plugged],
      useFactory: ({ accountCache }: Options, known: Plugged) => {
        // A factory that returns nothing must not leave the callers unchecked.
        const missing = parts.accounts === undefined ? undefined : null;
        const source = (): unknown => known.find(AccountSource) ?? missing;
        return new AccountCache(accountCache, source);
      },
    },
    injectable(Memberships, parts.memberships, ({ tenancy }) =>
      membershipsOf(tenancy?.memberships),
    ),
    injectable(TenantDirectory, parts.tenantDirectory, ({ tenancy }) =>
      directoryOf(tenancy?.directory),
    ),
    parts.permissionSource
      ? { provide: PermissionSource, ...parts.permissionSource }
      : {
          provide: PermissionSource,
          inject: [PermissionPolicy],
          useFactory: (policy: PermissionPolicy) => policy.source(),
        },
    fromOptions(PermissionPolicy, ({ permissions }) => new PermissionPolicy(permissions)),
    fromOptions(Transports, ({ transports }) => new Transports(transports)),
    fromOptions(DPoPVerifier, ({ dpop }) => new DPoPVerifier(dpop)),
    withStandIns(plugged, {
      provide: TenantLookups,
      inject: [Memberships, TenantDirectory],
      useFactory: (...known: ConstructorParameters<typeof TenantLookups>) =>
        new TenantLookups(...known),
    }),
    {
      provide: TenantPolicy,
      inject: [PATRONUS_OPTIONS, TenantLookups],
      useFactory: ({ tenancy }: Options, lookups: TenantLookups) =>
        new TenantPolicy(tenancy, lookups),
    },
    { provide: TenantRequirement, useExisting: TenantPolicy },
    {
      provide: IdentityCache,
      inject: [PATRONUS_OPTIONS, TenantPolicy],
      useFactory: ({ identityCache }: Options, tenants: TenantPolicy) =>
        new IdentityCache(identityCache, (identity) => tenants.tenantOf(identity)),
    },
    {
      provide: CredentialReader,
      inject: [PATRONUS_OPTIONS, IdentityProvider, RuleRegistry],
      useFactory: ({ credentials }: Options, { schemes }: IdentityProvider, rules: RuleRegistry) =>
        new CredentialReader(credentials, schemes, rules),
    },
    withStandIns(plugged, {
      provide: Authenticator,
      inject: [
        IdentityProvider,
        IdentityCache,
        TenantPolicy,
        CredentialReader,
        Revocations,
        DPoPVerifier,
        AccountCache,
      ],
      useFactory: (...rooms: ConstructorParameters<typeof Authenticator>) =>
        new Authenticator(...rooms),
    }),
    {
      provide: Decisions,
      inject: [
        AuthEvents,
        Transports,
        RuleRegistry,
        Explainer,
        PATRONUS_OPTIONS,
        ProtectedResource,
      ],
      useFactory: (
        events: AuthEvents,
        transports: Transports,
        rules: RuleRegistry,
        explainer: Explainer,
        { explain }: Options,
        resource: ProtectedResource | undefined,
      ) =>
        new Decisions(
          events,
          transports,
          rules,
          explainer,
          explanationAudience(explain),
          resource?.url,
        ),
    },
    { provide: DecisionLog, useExisting: Decisions },
    {
      provide: Access,
      inject: [GrantsResolver, Decisions, TenantPolicy, GrantableNames],
      useFactory: (
        grants: GrantsResolver,
        decisions: Decisions,
        tenants: TenantPolicy,
        names: GrantableNames,
      ) => new Access(grants, decisions, tenants, new AskedNames(names)),
    },
    {
      provide: GrantableNames,
      inject: [PermissionPolicy, Plugged],
      useFactory: (policy: PermissionPolicy, known: Plugged) =>
        new GrantableNames(policy, () => known.find(PermissionSource)),
    },
    {
      provide: UnknownIssuers,
      inject: [RuleRegistry, Plugged],
      useFactory: (rules: RuleRegistry, known: Plugged) =>
        new UnknownIssuers(rules, () => known.find(IdentityProvider)),
    },
    withStandIns(plugged, {
      provide: ProtectedResource,
      inject: [PATRONUS_OPTIONS, IdentityProvider, RuleRegistry],
      useFactory: (
        { protectedResource, permissions, dpop }: Options,
        provider: IdentityProvider,
        rules: RuleRegistry,
      ) => {
        const scopes = Object.keys(permissions?.scopes ?? {});
        const dpopRequiredFor = dpop?.requiredFor ?? [];
        const surroundings = { provider, rules, scopes, dpopRequiredFor };
        return protectedResource && new ProtectedResource(protectedResource, surroundings);
      },
    }),
    {
      provide: CoverageGate,
      inject: [CoveredHandlers, GuardsInForce, PATRONUS_OPTIONS],
      useFactory: (handlers: CoveredHandlers, inForce: GuardsInForce, { coverage }: Options) =>
        new CoverageGate(handlers, inForce, coverageMode(coverage)),
    },
    ...transportRooms(guards),
    ...PROVIDERS,
  ];
}

/**
 * Returns the part that Nest creates if the application provides one, and the value of the options
 * otherwise.
 */
function injectable<T>(
  provide: Token<T>,
  part: Injectable<T> | undefined,
  make: (options: Options) => T | undefined,
): Provider {
  return part === undefined ? fromOptions(provide, make) : { provide, ...part };
}

function fromOptions<T>(provide: Token<T>, make: (options: Options) => T): Provider {
  return { provide, inject: [PATRONUS_OPTIONS], useFactory: make };
}

import { CacheModule } from '@nestjs/cache-manager';
import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type NestModule,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, DiscoveryService, HttpAdapterHost } from '@nestjs/core';
import { AuthGuard } from './authentication/auth.guard.js';
import { Authenticator } from './authentication/authenticator.js';
import { CredentialReader } from './authentication/credential-reader.js';
import { DPoPVerifier } from './authentication/dpop/dpop-verifier.js';
import { PatronusStrategy } from './authentication/patronus.strategy.js';
import { boundedStore } from './authorization/bounded-store.js';
import { GrantsResolver } from './authorization/grants-resolver.js';
import { PermissionCache } from './authorization/permission-cache.js';
import { PermissionPolicy } from './authorization/permission-policy.js';
import { PermissionSource } from './authorization/permission-source.js';
import { PermissionsGuard } from './authorization/permissions.guard.js';
import { RuleRegistry } from './authorization/rule-registry.js';
import { checkMembers } from './errors/check-option.js';
import { composeProviders } from './identity/compose-providers.js';
import { IdentityCache } from './identity/identity-cache.js';
import { IdentityProvider } from './identity/identity-provider.js';
import type { ProviderEvent } from './identity/provider-event.js';
import type { RevokedEvent } from './observability/auth-event.js';
import { AuthEvents } from './observability/auth-events.js';
import { Decisions } from './observability/decisions.js';
import { findEmitter, forwardEvents } from './observability/event-emitter.js';
import { PATRONUS_OPTIONS, PatronusOptionsModule } from './patronus.module-definition.js';
import type {
  GuardOptions,
  Injectable,
  PatronusModuleAsyncOptions,
  PatronusModuleOptions,
  PatronusOptions,
} from './patronus.options.js';
import { InMemoryRevocations } from './revocation/in-memory.revocations.js';
import { Revocations } from './revocation/revocations.js';
import { openRequestScopes } from './tenancy/request-context.js';
import { TenantContext } from './tenancy/tenant-context.js';
import { TenantPolicy } from './tenancy/tenant-policy.js';

const OPTIONS = [
  'identityProvider',
  'tenancy',
  'permissions',
  'identityCache',
  'credentials',
  'revocations',
  'dpop',
];

const ROOMS = [
  AuthEvents,
  Decisions,
  TenantContext,
  RuleRegistry,
  GrantsResolver,
  PermissionCache,
  PatronusStrategy,
  AuthGuard,
  PermissionsGuard,
];

const AUTHENTICATOR_PARTS = [
  IdentityProvider,
  IdentityCache,
  TenantPolicy,
  CredentialReader,
  Revocations,
  DPoPVerifier,
];

/**
 * Guards an application: closed by default, whoever vouches for its callers.
 *
 * @example
 * PatronusModule.forRoot({
 *   identityProvider: gcip({ projectId: 'novah-care' }),
 *   tenancy: { claim: 'empresa_id', header: 'x-empresa-id' },
 *   permissions: { roles: { receptionist: ['patients.read'] } },
 * })
 */
@Module({})
export class PatronusModule
  implements NestModule, OnModuleInit, OnApplicationBootstrap, OnModuleDestroy
{
  readonly #logger = new Logger('Patronus');
  #closing = false;
  #unobserve: readonly (() => void)[] = [];

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly authenticator: Authenticator,
    private readonly provider: IdentityProvider,
    private readonly identities: IdentityCache,
    private readonly revocations: Revocations,
    private readonly events: AuthEvents,
    private readonly discovery: DiscoveryService,
    @Inject(PATRONUS_OPTIONS) options: Partial<PatronusOptions>,
  ) {
    checkMembers('', options, OPTIONS);
  }

  /** @throws {PatronusConfigurationError} at start, where an option is wrong. */
  static forRoot(options: PatronusModuleOptions): DynamicModule {
    const { identityProvider, permissions, revocations, guards, imports, ...rest } = options;
    const { source, ...permissionOptions } = permissions ?? {};
    const plain: Partial<PatronusOptions> = {
      ...rest,
      ...(isInjectable(identityProvider) ? undefined : { identityProvider }),
      ...(isInjectable(revocations) ? undefined : { revocations }),
      permissions: isInjectable(source) ? permissionOptions : { ...permissionOptions, source },
    };
    return assemble(PatronusOptionsModule.forRoot(plain), {
      guards,
      imports,
      identityProvider: isInjectable(identityProvider) ? identityProvider : undefined,
      permissionSource: isInjectable(source) ? source : undefined,
      revocations: isInjectable(revocations) ? revocations : undefined,
    });
  }

  /** The same, with options that are made by a factory, a class or another module. */
  static forRootAsync(options: PatronusModuleAsyncOptions): DynamicModule {
    return assemble(PatronusOptionsModule.forRootAsync(options), options);
  }

  /** Nest calls this before it mounts any route. */
  configure(): void {
    openRequestScopes(this.adapterHost.httpAdapter, (request) =>
      this.authenticator.authenticate(request),
    );
  }

  /** Before the first request: what happens from now on is told, and revocations count. */
  async onModuleInit(): Promise<void> {
    this.#unobserve = [
      this.provider.observe((event) => {
        if (event.type === 'issuer_removed') this.identities.purge({ issuer: event.issuer });
        this.#tell(event);
      }),
      this.revocations.observe((revocation) => this.#tell({ type: 'revoked', revocation })),
    ];
    await this.revocations.start();
  }

  /** Warms up without holding up the start, and without failing it. */
  onApplicationBootstrap(): void {
    const emitter = findEmitter(this.discovery.getProviders());
    if (emitter !== undefined) forwardEvents(this.events, emitter);
    this.provider.warmUp().catch((error: unknown) => {
      if (this.#closing) return;
      const cause = error instanceof Error ? error.message : String(error);
      this.#logger.warn(
        `The identity provider ${this.provider.name} cannot be reached yet: requests are answered with 503 until it can. ${cause}`,
      );
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.#closing = true;
    for (const stop of this.#unobserve) stop();
    await this.revocations.stop();
  }

  /** A listener that fails is logged where it fails, and changes nothing here. */
  #tell(event: ProviderEvent | Omit<RevokedEvent, 'at'>): void {
    try {
      this.events.emit({ ...event, at: Date.now() });
    } catch {
      // There is no request that could be denied.
    }
  }
}

interface Assembly extends GuardOptions {
  readonly identityProvider?: Injectable<IdentityProvider> | undefined;
  readonly permissionSource?: Injectable<PermissionSource> | undefined;
  readonly revocations?: Injectable<Revocations> | undefined;
}

function assemble(optionsModule: DynamicModule, assembly: Assembly): DynamicModule {
  const { guards = 'global', imports = [] } = assembly;
  const { identityProvider, permissionSource, revocations } = assembly;
  const rooms: Provider[] = [
    {
      provide: IdentityCache,
      inject: [PATRONUS_OPTIONS, TenantPolicy],
      useFactory: ({ identityCache }: Partial<PatronusOptions>, tenants: TenantPolicy) =>
        new IdentityCache(identityCache, (identity) => tenants.tenantOf(identity)),
    },
    fromOptions(TenantPolicy, (options) => new TenantPolicy(options.tenancy)),
    fromOptions(PermissionPolicy, (options) => new PermissionPolicy(options.permissions)),
    identityProvider
      ? { provide: IdentityProvider, ...identityProvider }
      : fromOptions(IdentityProvider, (options) => composeProviders(options.identityProvider)),
    permissionSource
      ? { provide: PermissionSource, ...permissionSource }
      : {
          provide: PermissionSource,
          inject: [PermissionPolicy],
          useFactory: (policy: PermissionPolicy) => policy.source(),
        },
    revocations
      ? { provide: Revocations, ...revocations }
      : fromOptions(Revocations, (options) => options.revocations ?? new InMemoryRevocations()),
    fromOptions(DPoPVerifier, (options) => new DPoPVerifier(options.dpop)),
    {
      provide: CredentialReader,
      inject: [PATRONUS_OPTIONS, IdentityProvider],
      useFactory: ({ credentials }: Partial<PatronusOptions>, { schemes }: IdentityProvider) =>
        new CredentialReader(credentials, schemes),
    },
    {
      provide: Authenticator,
      inject: AUTHENTICATOR_PARTS,
      useFactory: (...parts: ConstructorParameters<typeof Authenticator>) =>
        new Authenticator(...parts),
    },
    ...ROOMS,
  ];
  return {
    module: PatronusModule,
    global: true,
    imports: [...imports, optionsModule, DiscoveryModule, permissionStore(optionsModule)],
    providers: [...rooms, ...globalGuards(guards)],
    exports: rooms,
  };
}

function fromOptions<T>(
  provide: abstract new (...args: never[]) => T,
  make: (options: Partial<PatronusOptions>) => T,
): Provider<T> {
  return { provide, inject: [PATRONUS_OPTIONS], useFactory: make };
}

function globalGuards(guards: GuardOptions['guards']): Provider[] {
  if (guards === 'manual') return [];
  return [
    { provide: APP_GUARD, useExisting: AuthGuard },
    { provide: APP_GUARD, useExisting: PermissionsGuard },
  ];
}

/** Where answers of a permission source are kept: in the stores of the options, or in this process. */
function permissionStore(optionsModule: DynamicModule): DynamicModule {
  return CacheModule.registerAsync({
    imports: [optionsModule],
    inject: [PATRONUS_OPTIONS],
    useFactory: ({ permissions }: Partial<PatronusOptions>) => ({
      stores: [...(permissions?.cache?.stores ?? [boundedStore(permissions?.cache?.max)])],
    }),
  });
}

/** Whether an option is to be made by Nest, rather than used as it is. */
function isInjectable<T>(option: T): option is Extract<T, Injectable<object>> {
  return (
    typeof option === 'object' &&
    option !== null &&
    ('useClass' in option || 'useExisting' in option || 'useFactory' in option)
  );
}

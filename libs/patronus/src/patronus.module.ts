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
  type Type,
} from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, DiscoveryService, HttpAdapterHost } from '@nestjs/core';
import { AccountCache } from './accounts/account-cache.js';
import { AuthGuard } from './authentication/auth.guard.js';
import { Authenticator } from './authentication/authenticator.js';
import { boundedStore } from './authorization/grants/bounded-store.js';
import { PermissionsGuard } from './authorization/permissions.guard.js';
import { checkMembers } from './errors/check-option.js';
import { PatronusConfigurationError } from './errors/configuration.error.js';
import { IdentityCache } from './identity/identity-cache.js';
import { IdentityProvider } from './identity/identity-provider.js';
import { describeCopies } from './identity/loaded-copies.js';
import type { ProviderEvent } from './identity/provider-event.js';
import type { RevokedEvent } from './observability/auth-event.js';
import { AuthEvents } from './observability/auth-events.js';
import { findEmitter, forwardEvents } from './observability/event-emitter.js';
import { splitOptions, type InjectableParts } from './patronus.injectables.js';
import { PATRONUS_OPTIONS, PatronusOptionsModule } from './patronus.module-definition.js';
import type {
  GuardOptions,
  PatronusModuleAsyncOptions,
  PatronusModuleOptions,
  PatronusOptions,
} from './patronus.options.js';
import { Plugged } from './patronus.plugged.js';
import { checkAsyncOptions, refusingMisplaced } from './patronus.misplaced-options.js';
import { roomsOf } from './patronus.providers.js';
import { ProtectedResource } from './protected-resource/protected-resource.js';
import { publishMetadata } from './protected-resource/publish-metadata.js';
import { Revocations } from './revocation/revocations.js';
import { bindProvidedPools } from './tenancy/provided-pools.js';
import { openRequestScopes } from './tenancy/request-context.js';
import { TransportBinding } from './transport/transport-binding.js';

const OPTIONS = [
  'identityProvider',
  'accounts',
  'accountCache',
  'tenancy',
  'permissions',
  'identityCache',
  'credentials',
  'revocations',
  'dpop',
  'transports',
  'explain',
  'coverage',
  'protectedResource',
];

/** The root modules that Nest could make. */
const MADE = new WeakSet<Function>();

/** What stands behind `PatronusModule.forRoot()`: it ties the rooms to the application. */
@Module({})
class PatronusRootModule
  implements NestModule, OnModuleInit, OnApplicationBootstrap, OnModuleDestroy
{
  readonly #logger = new Logger('Patronus');
  #closing = false;
  #warmUp: Promise<void> = Promise.resolve();
  #unobserve: readonly (() => void)[] = [];

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly authenticator: Authenticator,
    private readonly binding: TransportBinding,
    private readonly identities: IdentityCache,
    private readonly accounts: AccountCache,
    private readonly plugged: Plugged,
    private readonly events: AuthEvents,
    private readonly discovery: DiscoveryService,
    @Inject(ProtectedResource) private readonly resource: ProtectedResource | undefined,
    @Inject(PATRONUS_OPTIONS) options: Partial<PatronusOptions>,
  ) {
    checkMembers('', options, OPTIONS);
    MADE.add(new.target);
  }

  /** Nest calls this before it mounts any route. */
  configure(): void {
    const copies = describeCopies();
    if (copies !== undefined) this.#logger.warn(copies);
    this.binding.bindRoutes();
    const mountsCls = this.discovery
      .getProviders()
      .some(({ host }) => host?.name === 'ClsRootModule');
    openRequestScopes(
      this.adapterHost,
      (request) => this.authenticator.authenticate(request),
      mountsCls,
    );
    if (this.resource !== undefined) publishMetadata(this.adapterHost.httpAdapter, this.resource);
  }

  /**
   * Before the first request: what happens from now on is told, revocations count, and pools that
   * requests share keep them apart.
   */
  async onModuleInit(): Promise<void> {
    bindProvidedPools(this.discovery.getProviders());
    const revocations = this.plugged.get(Revocations);
    this.accounts.start();
    this.#unobserve = [
      this.plugged.get(IdentityProvider).observe((event) => {
        if (event.type === 'issuer_removed') this.identities.purge({ issuer: event.issuer });
        this.#tell(event);
      }),
      revocations.observe((revocation) => {
        // A token or a session that ends says nothing of the account behind it.
        const { token, session } = revocation;
        if (token === undefined && session === undefined) this.accounts.purge(revocation);
        this.#tell({ type: 'revoked', revocation });
      }),
    ];
    await revocations.start();
  }

  /** Warms up without holding up the start, and without failing it. */
  onApplicationBootstrap(): void {
    const emitter = findEmitter(this.discovery.getProviders());
    if (emitter !== undefined) forwardEvents(this.events, emitter);
    const provider = this.plugged.get(IdentityProvider);
    this.#warmUp = provider.warmUp().catch((error: unknown) => {
      if (this.#closing) return;
      const cause = error instanceof Error ? error.message : String(error);
      this.#logger.warn(
        `The identity provider ${provider.name} cannot be reached yet: requests are answered with 503 until it can. ${cause}`,
      );
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.#closing = true;
    for (const stop of this.#unobserve) stop();
    await this.plugged.get(Revocations).stop();
    // Its own deadline bounds it. Jest refuses what it would import after the end of a test.
    await this.#warmUp;
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

/**
 * Guards an application: every handler is closed unless a decorator opens it.
 *
 * @example
 * PatronusModule.forRoot({
 *   identityProvider: gcip({ projectId: 'novah-care' }),
 *   tenancy: { claim: 'empresa_id', header: 'x-empresa-id' },
 *   permissions: { roles: { receptionist: ['patients.read'] } },
 * })
 */
@Module({})
export class PatronusModule {
  /** @throws {PatronusConfigurationError} always: Nest makes one only where the options are missing */
  constructor() {
    throw new PatronusConfigurationError(
      'PatronusModule',
      'is imported without its options.',
      'Import PatronusModule.forRoot({ … }) or PatronusModule.forRootAsync({ … }), once, in the root module. It is global: other modules need no import.',
    );
  }

  /** @throws {PatronusConfigurationError} at start, where an option is wrong. */
  static forRoot(options: PatronusModuleOptions): DynamicModule {
    const { guards, imports } = options;
    const { plain, injectables } = splitOptions(options);
    return assemble(
      PatronusOptionsModule.forRoot(plain),
      { guards, imports, ...injectables },
      false,
    );
  }

  /** The same, with options that are made by a factory, a class or another module. */
  static forRootAsync(options: PatronusModuleAsyncOptions): DynamicModule {
    checkAsyncOptions(options, OPTIONS);
    return assemble(refusingMisplaced(PatronusOptionsModule.forRootAsync(options)), options, true);
  }
}

/**
 * A root module of one application, named for what Nest says of it. While it cannot be made, that is a
 * dependency of a part of the application, such as a permission source: the name says where the module
 * goes that exports it.
 */
function namedRoot(): Type<PatronusRootModule> {
  class Root extends PatronusRootModule {}
  const get = () =>
    MADE.has(Root) ? PatronusModule.name : "PatronusModule (through its option 'imports')";
  return Object.defineProperty(Root, 'name', { get });
}

function assemble(
  optionsModule: DynamicModule,
  assembly: GuardOptions & InjectableParts,
  isAsync: boolean,
): DynamicModule {
  const { guards = 'global', imports = [] } = assembly;
  const rooms = roomsOf(assembly, guards, isAsync);
  return {
    module: namedRoot(),
    global: true,
    imports: [...imports, optionsModule, DiscoveryModule, permissionStore(optionsModule)],
    providers: [...rooms, ...globalGuards(guards)],
    exports: rooms,
  };
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

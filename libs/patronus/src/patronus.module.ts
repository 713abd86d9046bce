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
import { DPoPVerifier } from './authentication/dpop/dpop-verifier.js';
import { boundedStore } from './authorization/grants/bounded-store.js';
import { PermissionsGuard } from './authorization/permissions.guard.js';
import { operatorReason } from './errors/operator-reason.js';
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
import { GUARD_OPTION_NAMES, OPTION_NAMES } from './patronus.option-names.js';
import type {
  GuardOptions,
  PatronusModuleAsyncOptions,
  PatronusModuleOptions,
  PatronusOptions,
} from './patronus.options.js';
import { Plugged } from './patronus.plugged.js';
import { checkAsyncOptions, refusingMisplaced } from './patronus.misplaced-options.js';
import { providersOf } from './patronus.providers.js';
import { ProtectedResource } from './protected-resource/protected-resource.js';
import { publishMetadata } from './protected-resource/publish-metadata.js';
import { requireRevocations } from './revocation/require-revocations.js';
import { Revocations } from './revocation/revocations.js';
import { bindProvidedPools } from './tenancy/provided-pools.js';
import { openRequestScopes } from './tenancy/request-context.js';
import { TransportBinding } from './transport/transport-binding.js';

/** Root modules that Nest could create. */
const MADE = new WeakSet<Function>();

/** Root module behind `PatronusModule.forRoot()`, which connects the rooms to the application. */
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
    private readonly proofs: DPoPVerifier,
    private readonly plugged: Plugged,
    private readonly events: AuthEvents,
    private readonly discovery: DiscoveryService,
    @Inject(ProtectedResource) private readonly resource: ProtectedResource | undefined,
  ) {
    MADE.add(new.target);
  }

  /** Called by Nest before it mounts any route. */
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
   * Prepares before the first request: reports events, enforces revocations, and makes pools that
   * requests share separate them by tenant.
   */
  async onModuleInit(): Promise<void> {
    bindProvidedPools(this.discovery.getProviders());
    const revocations = requireRevocations(this.plugged.find(Revocations));
    this.accounts.start();
    this.proofs.checkIssuers(this.plugged.get(IdentityProvider));
    this.#unobserve = [
      this.plugged.get(IdentityProvider).observe((event) => {
        if (event.type === 'issuer_removed') this.identities.purge({ issuer: event.issuer });
        this.#tell(event);
      }),
      revocations.observe((revocation) => {
        // A token or a session that ends does not affect the account behind it.
        const { token, session, user, tenant, issuer } = revocation;
        if (token === undefined && session === undefined) {
          const isOfAll = (user ?? tenant ?? issuer) === undefined;
          this.accounts.purge(isOfAll ? 'all' : { user, tenant, issuer });
        }
        this.#tell({ type: 'revoked', revocation });
      }),
    ];
    await revocations.start();
  }

  /** Starts to warm up. Neither delays nor fails the start. */
  onApplicationBootstrap(): void {
    const emitter = findEmitter(this.discovery.getProviders());
    if (emitter !== undefined) forwardEvents(this.events, emitter);
    const provider = this.plugged.get(IdentityProvider);
    this.#warmUp = provider.warmUp().catch((error: unknown) => {
      if (this.#closing) return;
      const cause = operatorReason(error);
      this.#logger.warn(
        `The identity provider ${provider.name} cannot be reached yet: requests are answered with 503 until it can. ${cause}`,
      );
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.#closing = true;
    for (const stop of this.#unobserve) stop();
    await this.plugged.get(Revocations).stop();
    // Its own timeout bounds it. Jest refuses imports after the end of a test.
    await this.#warmUp;
  }

  /** Emits an event. A listener that fails is logged by the emitter, and changes nothing here. */
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
  /**
   * Refuses a module without options. Nest creates an instance of this class only if they are
   * missing.
   *
   * @throws {PatronusConfigurationError} always
   */
  constructor() {
    throw new PatronusConfigurationError(
      'PatronusModule',
      'is imported without its options.',
      'Import PatronusModule.forRoot({ … }) or PatronusModule.forRootAsync({ … }), once, in the root module. It is global: other modules need no import.',
    );
  }

  /**
   * Configures the module.
   *
   * @throws {PatronusConfigurationError} if there are no options; at start, if one is not valid
   */
  static forRoot(options: PatronusModuleOptions): DynamicModule {
    const given: unknown = options;
    if (typeof given !== 'object' || given === null) {
      throw new PatronusConfigurationError(
        'forRoot',
        'is given no options.',
        'Give PatronusModule.forRoot({ identityProvider: … }).',
      );
    }
    const { guards, imports } = options;
    const { plain, injectables } = splitOptions(options);
    return assemble(
      PatronusOptionsModule.forRootAsync({ useFactory: () => existing(plain) }),
      { guards, imports, ...injectables },
      false,
    );
  }

  /** Configures the module with options from a factory, a class or another module. */
  static forRootAsync(options: PatronusModuleAsyncOptions): DynamicModule {
    checkAsyncOptions(options);
    return assemble(refusingMisplaced(PatronusOptionsModule.forRootAsync(options)), options, true);
  }
}

/** Returns the options, checked for names that do not exist before any of them is read. */
function existing(options: Partial<PatronusOptions>): Partial<PatronusOptions> {
  checkMembers('', options, [...OPTION_NAMES, ...GUARD_OPTION_NAMES]);
  return options;
}

/**
 * Creates the root module of one application, named for the errors of Nest. While it cannot be
 * created, the cause is a dependency of a part of the application, such as a permission source: the
 * name tells where to import the module that exports it.
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
  const { imports = [] } = assembly;
  const guards = requireGuards(assembly.guards);
  const rooms = providersOf(assembly, guards, isAsync);
  return {
    module: namedRoot(),
    global: true,
    imports: [...imports, optionsModule, DiscoveryModule, permissionStore(optionsModule)],
    providers: [...rooms, ...globalGuards(guards)],
    exports: rooms,
  };
}

/** @throws {PatronusConfigurationError} if `guards` is given and is neither `global` nor `manual` */
function requireGuards(value: unknown): NonNullable<GuardOptions['guards']> {
  if (value === undefined) return 'global';
  if (value === 'global' || value === 'manual') return value;
  throw new PatronusConfigurationError(
    'guards',
    "is neither 'global' nor 'manual'.",
    "Write 'manual' to apply the guards yourself, or leave it out for 'global'.",
  );
}

function globalGuards(guards: GuardOptions['guards']): Provider[] {
  if (guards === 'manual') return [];
  return [
    { provide: APP_GUARD, useExisting: AuthGuard },
    { provide: APP_GUARD, useExisting: PermissionsGuard },
  ];
}

/**
 * Returns the store of a permission source's answers: the stores of the options, or the memory of
 * this process.
 */
function permissionStore(optionsModule: DynamicModule): DynamicModule {
  return CacheModule.registerAsync({
    imports: [optionsModule],
    inject: [PATRONUS_OPTIONS],
    useFactory: ({ permissions }: Partial<PatronusOptions>) => ({
      stores: [...(permissions?.cache?.stores ?? [boundedStore(permissions?.cache?.max)])],
    }),
  });
}

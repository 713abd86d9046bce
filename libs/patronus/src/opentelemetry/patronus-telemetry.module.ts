import {
  type DynamicModule,
  Inject,
  Module,
  type OnModuleDestroy,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { Authenticator } from '../authentication/authenticator.js';
import { GrantsResolver } from '../authorization/grants/grants-resolver.js';
import { IdentityProvider } from '../identity/identity-provider.js';
import { AuthEvents } from '../observability/auth-events.js';
import { onKeyFetch } from '../observability/key-fetches.js';
import { AuthenticationTelemetry } from './authentication.telemetry.js';
import { EventTelemetry } from './event.telemetry.js';
import { GrantsTelemetry } from './grants.telemetry.js';
import { instruments } from './instruments.js';
import {
  checkTelemetryOptions,
  type PatronusTelemetryOptions,
} from './patronus-telemetry.options.js';

const OPTIONS = Symbol('patronus.telemetry-options');

/**
 * Adds metrics and spans for OpenTelemetry. Import it beside `PatronusModule`. It uses the
 * providers of meters and tracers that are set when the application starts.
 *
 * @example
 * imports: [PatronusModule.forRoot({ … }), PatronusTelemetryModule]
 */
@Module({})
export class PatronusTelemetryModule implements OnModuleInit, OnModuleDestroy {
  #stop: readonly (() => void)[] = [];

  constructor(
    private readonly authenticator: Authenticator,
    private readonly grants: GrantsResolver,
    private readonly provider: IdentityProvider,
    private readonly events: AuthEvents,
    @Optional() @Inject(OPTIONS) private readonly options: PatronusTelemetryOptions = {},
  ) {}

  /**
   * Configures the module.
   *
   * @throws {PatronusConfigurationError} if an option is not valid
   */
  static forRoot(options: PatronusTelemetryOptions): DynamicModule {
    checkTelemetryOptions(options);
    return {
      module: PatronusTelemetryModule,
      providers: [{ provide: OPTIONS, useValue: options }],
    };
  }

  onModuleInit(): void {
    const made = instruments();
    const told = new EventTelemetry(made, this.options.spans ?? []);
    this.authenticator.observer = new AuthenticationTelemetry(made, this.provider.name);
    this.grants.observer = new GrantsTelemetry(made);
    this.#stop = [told.listenTo(this.events), onKeyFetch((fetch) => told.fetched(fetch))];
  }

  onModuleDestroy(): void {
    this.authenticator.observer = undefined;
    this.grants.observer = undefined;
    for (const stop of this.#stop) stop();
  }
}

import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Provider } from 'oidc-provider';
import { withoutTexts } from '../errors/failure.js';
import { KeySet } from '../keys/key-set.js';
import { PlatformMetrics } from '../metrics/platform-metrics.js';
import { ServerSettings } from '../settings/server-settings.js';
import { Clients } from './clients/clients.js';
import { OidcConfiguration } from './configuration/oidc-configuration.js';
import { countIssuedTokens } from './count-issued-tokens.js';
import { OidcEndpoints } from './endpoints/oidc-endpoints.js';

/**
 * Holds oidc-provider. A new one takes over whenever the signing keys change: all that it knows is in
 * the database, so that nobody notices.
 */
@Injectable()
export class OidcProviderHost implements OnModuleDestroy {
  readonly #logger = new Logger('OAuth');
  readonly #unsubscribe: () => void;
  #provider: Provider;
  #callback: (request: IncomingMessage, response: ServerResponse) => Promise<void>;

  constructor(
    private readonly configuration: OidcConfiguration,
    private readonly endpoints: OidcEndpoints,
    private readonly clients: Clients,
    private readonly settings: ServerSettings,
    private readonly metrics: PlatformMetrics,
    keys: KeySet,
  ) {
    this.#provider = this.#build();
    this.#callback = this.#provider.callback();
    this.#unsubscribe = keys.onChange(() => this.#renew());
  }

  /** As it is now: do not keep it. */
  get provider(): Provider {
    return this.#provider;
  }

  onModuleDestroy(): void {
    this.#unsubscribe();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#pinHost(request);
    await this.#callback(request, response);
  }

  #renew(): void {
    this.#provider = this.#build();
    this.#callback = this.#provider.callback();
  }

  #build(): Provider {
    const provider = new Provider(this.settings.issuer, this.configuration.build());
    provider.proxy = true;
    const { clients } = this;
    provider.Client.prototype.compareClientSecret = function (presented) {
      return clients.secretMatches(this.clientId, presented);
    };
    this.endpoints.addTo(provider);
    provider.on('grant.success', ({ body }) => countIssuedTokens(this.metrics, body));
    provider.on('server_error', (ctx, error) => this.#report(ctx.path, error));
    provider.on('backchannel.error', (_ctx, error, { clientId }) =>
      this.#report(`back-channel logout of ${clientId}`, error),
    );
    const emitter: EventEmitter = provider;
    emitter.on('error', (error) => this.#report('a request', error));
    return provider;
  }

  /** Addresses that we give away are those of the issuer, whatever host a request claims to ask. */
  #pinHost({ headers }: IncomingMessage): void {
    const { host, protocol } = new URL(this.settings.issuer);
    headers['x-forwarded-host'] = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
  }

  #report(path: string, error: unknown): void {
    this.#logger.error(`${path} failed: ${withoutTexts(error)}`);
  }
}

import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Provider } from 'oidc-provider';
import { sanitizedStack } from '../../operation/logging/redaction.js';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import { SigningKeySet } from '../../sessions/keys/signing-key-set.js';
import { OAuthPages } from '../ports.js';
import { BackChannelLogout } from '../back-channel/back-channel-logout.js';
import { ClientsService } from '../clients/clients.service.js';
import { RefreshTokenFamilies } from '../store/refresh-token.adapter.js';
import { deviceAnswers, publishedAnswers, registrationAnswers } from './answers.js';
import { verifySecrets } from './client-authentication.js';
import { OidcConfiguration } from './configuration.js';
import { PasswordGrant } from './password.grant.js';
import { answerFailure, problemMiddleware } from './provider-errors.js';
import { logRefusals } from './refusal-log.js';
import { guardRequests } from './request-guard.js';
import { SignedTokensEndpoint } from './signed-tokens.endpoint.js';

const KINDS = ['access', 'refresh', 'id'];

/** Counts the tokens in an answer of the token endpoint (RFC 6749, section 5.1). */
function countIssuedTokens(metrics: PlatformMetrics, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return;
  for (const kind of KINDS) {
    if (`${kind}_token` in answer) metrics.tokens.inc({ kind });
  }
}

/** Extends the endpoints of oidc-provider. */
@Injectable()
export class OidcEndpoints {
  constructor(
    private readonly clients: ClientsService,
    private readonly signedTokens: SignedTokensEndpoint,
    private readonly passwordGrant: PasswordGrant,
    private readonly families: RefreshTokenFamilies,
    private readonly logout: BackChannelLogout,
    private readonly pages: OAuthPages,
  ) {}

  addTo(provider: Provider): void {
    provider.use(problemMiddleware((ctx, error) => this.pages.renderProblem(ctx, error)));
    provider.use(this.pages.middleware.bind(this.pages));
    provider.use(registrationAnswers(this.clients));
    provider.use(deviceAnswers);
    provider.use(publishedAnswers);
    this.signedTokens.addTo(provider);
    this.passwordGrant.addTo(provider);
    this.families.addTo(provider);
    this.logout.addTo(provider);
    provider.on('server_error', answerFailure);
  }
}

/**
 * Holds the instance of oidc-provider. A change of the signing keys replaces it. All of its state is in the
 * database, so clients do not notice.
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
    private readonly clients: ClientsService,
    private readonly settings: ServerSettings,
    private readonly metrics: PlatformMetrics,
    keys: SigningKeySet,
  ) {
    this.#provider = this.#build();
    this.#callback = this.#provider.callback();
    this.#unsubscribe = keys.onChange(() => this.#renew());
  }

  /** The current instance. Do not keep a reference to it. */
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
    guardRequests(provider);
    verifySecrets(provider, this.clients);
    logRefusals(provider);
    this.endpoints.addTo(provider);
    provider.on('grant.success', ({ body }) => countIssuedTokens(this.metrics, body));
    provider.on('server_error', (ctx, error) => this.#report(ctx.path, error));
    provider.on('backchannel.error', (_ctx, error, { clientId }) =>
      this.#report(`the notice for back-channel logout of ${clientId}`, error),
    );
    const emitter: EventEmitter = provider;
    emitter.on('error', (error) => this.#report('a request', error));
    return provider;
  }

  /** Makes published addresses use the issuer, regardless of the `Host` of the request. */
  #pinHost({ headers }: IncomingMessage): void {
    const { host, protocol } = new URL(this.settings.issuer);
    headers['x-forwarded-host'] = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
  }

  #report(path: string, error: unknown): void {
    this.#logger.error(`${path} failed: ${sanitizedStack(error)}`);
  }
}

import { Injectable } from '@nestjs/common';
import { type Configuration, errors } from 'oidc-provider';
import { Accounts } from '../../accounts/accounts.js';
import { KeySet } from '../../keys/key-set.js';
import { Sealer } from '../../sealing/sealer.js';
import { ServerSettings } from '../../settings/server-settings.js';
import { Clients } from '../clients/clients.js';
import { OPENID_SCOPES } from '../clients/openid-scopes.js';
import { ResourceServers } from '../clients/resource-servers.js';
import { IssuedTokens } from '../store/issued-tokens.js';
import { OidcAdapters } from '../store/oidc-adapters.js';
import { findAccount } from './find-account.js';
import { oidcInteractionPolicy } from './interaction-policy.js';
import { loadExistingGrant, SKIP_CONSENT } from './load-grant.js';
import { OIDC_CLAIMS } from './oidc-claims.js';
import { oidcCookies } from './oidc-cookies.js';
import { oidcFeatures } from './oidc-features.js';
import { oidcLifetimes } from './oidc-lifetimes.js';
import { renderError } from './oidc-pages.js';
import { OIDC_ROUTES } from './oidc-routes.js';
import { outgoingFetch } from './outgoing-fetch.js';
import { RESOURCE_SCOPES } from './resource-indicators.js';
import { extraTokenClaims, noteSignedTokens } from './token-claims.js';

/** How oidc-provider is set up: with the keys as they are when it is asked for. */
@Injectable()
export class OidcConfiguration {
  constructor(
    private readonly settings: ServerSettings,
    private readonly sealer: Sealer,
    private readonly keys: KeySet,
    private readonly accounts: Accounts,
    private readonly servers: ResourceServers,
    private readonly clients: Clients,
    private readonly adapters: OidcAdapters,
    private readonly issued: IssuedTokens,
  ) {}

  build(): Configuration {
    const { settings, sealer } = this;
    return {
      adapter: (model) => this.adapters.of(model),
      claims: OIDC_CLAIMS,
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      clientBasedCORS: (_ctx, origin, client) =>
        // That of every private-use scheme, and of every sandboxed frame, is the same `null`.
        origin !== 'null' &&
        client.redirectUris?.some((uri) => URL.parse(uri)?.origin === origin) === true,
      conformIdTokenClaims: true,
      cookies: oidcCookies(settings, sealer),
      enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
      extraClientMetadata: {
        properties: [SKIP_CONSENT, RESOURCE_SCOPES],
        validator: (ctx, key, value) => {
          if (ctx === undefined || value === undefined) return;
          throw new errors.InvalidClientMetadata(`${key} must not be registered`);
        },
      },
      extraTokenClaims,
      features: oidcFeatures(settings, sealer, this.servers, this.clients),
      fetch: outgoingFetch(settings.issuer),
      findAccount: findAccount(this.accounts),
      formats: { customizers: { jwt: noteSignedTokens(this.issued) } },
      interactions: {
        policy: oidcInteractionPolicy(),
        url: (_ctx, { uid }) => `/interaction/${uid}`,
      },
      jwks: { keys: [...this.keys.privateJwks()] },
      loadExistingGrant,
      pkce: { required: () => true },
      renderError,
      responseTypes: ['code'],
      rotateRefreshToken: true,
      routes: OIDC_ROUTES,
      scopes: OPENID_SCOPES,
      subjectTypes: ['public'],
      ttl: oidcLifetimes(settings),
    };
  }
}

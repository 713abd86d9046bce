import { Module } from '@nestjs/common';
import { AccountDirectoryModule } from '../accounts/account-directory.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { LoginModule } from '../login/login.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AccessTokensModule } from '../tokens/access-tokens.module.js';
import { ClientsModule } from './clients/clients.module.js';
import { InitialAccessTokensController } from './clients/initial-access-tokens.controller.js';
import { OidcConfiguration } from './configuration/oidc-configuration.js';
import { OidcEndpoints } from './endpoints/oidc-endpoints.js';
import { PasswordGrant } from './endpoints/password.grant.js';
import { SignedTokensEndpoint } from './endpoints/signed-tokens.endpoint.js';
import { InteractionPages } from './interactions/interaction-pages.js';
import { Interactions } from './interactions/interactions.js';
import { InteractionsController } from './interactions/interactions.controller.js';
import { OidcProviderHost } from './oidc-provider.host.js';
import { BrowserSessions } from './store/browser-sessions.js';
import { IssuedTokensModule } from './store/issued-tokens.module.js';
import { OidcAdapters } from './store/oidc-adapters.js';
import { OidcPayloadRepository } from './store/oidc-payload.repository.js';
import { OidcStore } from './store/oidc-store.js';

/** OAuth 2.0 and OpenID Connect. `mountOAuth` lets it answer. */
@Module({
  imports: [
    AccessTokensModule,
    AccountDirectoryModule,
    ClientsModule,
    IssuedTokensModule,
    KeysModule,
    LimitsModule,
    LoginModule,
    SessionsModule,
  ],
  controllers: [InteractionsController, InitialAccessTokensController],
  providers: [
    BrowserSessions,
    InteractionPages,
    Interactions,
    OidcAdapters,
    OidcConfiguration,
    OidcEndpoints,
    OidcPayloadRepository,
    OidcProviderHost,
    OidcStore,
    PasswordGrant,
    SignedTokensEndpoint,
  ],
  exports: [OidcProviderHost],
})
export class OAuthModule {}

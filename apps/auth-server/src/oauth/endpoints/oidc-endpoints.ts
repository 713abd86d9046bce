import { Injectable } from '@nestjs/common';
import type { Provider } from 'oidc-provider';
import { Clients } from '../clients/clients.js';
import { answerOutage, outageMiddleware } from './outage.middleware.js';
import { pageMiddleware } from './page.middleware.js';
import { PasswordGrant } from './password.grant.js';
import { registrationMiddleware } from './registration.middleware.js';
import { SignedTokensEndpoint } from './signed-tokens.endpoint.js';

/** What is added to the endpoints of oidc-provider. */
@Injectable()
export class OidcEndpoints {
  constructor(
    private readonly clients: Clients,
    private readonly signedTokens: SignedTokensEndpoint,
    private readonly passwordGrant: PasswordGrant,
  ) {}

  addTo(provider: Provider): void {
    provider.use(outageMiddleware);
    provider.use(pageMiddleware);
    provider.use(registrationMiddleware(this.clients));
    this.signedTokens.addTo(provider);
    this.passwordGrant.addTo(provider);
    provider.on('server_error', answerOutage);
  }
}

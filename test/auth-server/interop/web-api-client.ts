import * as oauth from 'oauth4webapi';
import { CALLBACK, type OAuthBed, SECRET } from '../support/oauth-bed.js';
import { accept } from '../support/oauth-flow.js';

/** The tests speak HTTP with this machine. */
export const INSECURE = { [oauth.allowInsecureRequests]: true };

/** A client of the platform that is made of `oauth4webapi`. */
export class WebApiClient {
  private constructor(
    private readonly bed: OAuthBed,
    /** The metadata of the discovery. */
    readonly as: oauth.AuthorizationServer,
    readonly client: oauth.Client,
    readonly authentication: oauth.ClientAuth,
  ) {}

  static async discover(
    bed: OAuthBed,
    client: oauth.Client,
    authentication = oauth.ClientSecretBasic(SECRET),
  ): Promise<WebApiClient> {
    const issuer = new URL(bed.url);
    const response = await oauth.discoveryRequest(issuer, INSECURE);
    const as = await oauth.processDiscoveryResponse(issuer, response);
    return new WebApiClient(bed, as, client, authentication);
  }

  /** Goes from the client's button to the URL that the browser is sent back to. */
  async cameBack(asked: Readonly<Record<string, string>> = {}) {
    const { as, bed, client } = this;
    const { email, id } = await bed.person();
    const browser = bed.browser();
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const nonce = oauth.generateRandomNonce();
    const query = new URLSearchParams({
      client_id: client.client_id,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid email',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...asked,
    });
    const page = await browser.open(`${as.authorization_endpoint}?${query}`);
    const { url } = await accept(browser, page, email);
    return { url, verifier, state, nonce, id, email, browser };
  }

  /** Goes from the client's button to its tokens. */
  async tokens(asked: Readonly<Record<string, string>> = {}) {
    const { as, authentication, client } = this;
    const back = await this.cameBack(asked);
    const { resource } = asked;
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      authentication,
      oauth.validateAuthResponse(as, client, back.url, back.state),
      CALLBACK,
      back.verifier,
      { ...INSECURE, ...(resource !== undefined && { additionalParameters: { resource } }) },
    );
    const options = { expectedNonce: back.nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, options);
    await oauth.validateApplicationLevelSignature(as, response, INSECURE);
    return { ...back, tokens };
  }

  async introspect(token: string): Promise<oauth.IntrospectionResponse> {
    const { as, authentication, client } = this;
    const response = await oauth.introspectionRequest(as, client, authentication, token, INSECURE);
    return oauth.processIntrospectionResponse(as, client, response);
  }
}

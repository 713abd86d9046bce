import { Injectable } from '@nestjs/common';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  type Configuration,
  discovery,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { SignInSettings } from '../settings/sign-in-settings.js';
import type { SignInAttempt } from './pending-sign-ins.js';
import { SignInError } from './sign-in-failures.js';

const FIVE_SECONDS = 5;

/** Tells the page that a person comes back from signing out. */
const SIGNED_OUT = 'signed_out';

/** The answer of the issuer to a sign-in (OpenID Connect Core 1.0, section 3.1.3.3). */
export interface SignedIn {
  readonly accessToken: string;
  /** In seconds. */
  readonly expiresIn: number | undefined;
  /** The subject of the ID token. */
  readonly subject: string | undefined;
}

/** The clinic as a client of its issuer: authorization code flow with PKCE, `state` and `nonce`. */
@Injectable()
export class RelyingParty {
  readonly #callback: string;
  #configuration: Promise<Configuration> | undefined;

  constructor(private readonly settings: SignInSettings) {
    this.#callback = `${settings.publicUrl}/sign-in/callback`;
  }

  /** @throws {SignInError} `unavailable` */
  async begin(
    returnTo: string,
  ): Promise<{ readonly url: string; readonly attempt: SignInAttempt }> {
    const configuration = await this.discovered();
    const attempt = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
      returnTo,
    };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: this.#callback,
      scope: 'openid profile email',
      resource: this.settings.trusted.audience,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, attempt };
  }

  /**
   * Exchanges the code that the issuer sent with the browser. openid-client checks `search`, the query of the
   * callback, against the attempt.
   *
   * @throws {SignInError} `cancelled`, `refused`, `unavailable`
   */
  async finish(search: string, attempt: SignInAttempt): Promise<SignedIn> {
    const configuration = await this.discovered();
    const checks = {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.verifier,
      idTokenExpected: true,
    };
    const resource = { resource: this.settings.trusted.audience };
    const address = new URL(this.#callback);
    address.search = search;
    try {
      const tokens = await authorizationCodeGrant(configuration, address, checks, resource);
      return {
        accessToken: tokens.access_token,
        expiresIn: tokens.expires_in,
        subject: tokens.claims()?.sub,
      };
    } catch (cause) {
      throw new SignInError(isCancelled(cause) ? 'cancelled' : 'refused', { cause });
    }
  }

  /**
   * Returns the address that ends the session at the issuer (OpenID Connect RP-Initiated Logout 1.0, section 2).
   * The issuer then leads back to the page, and repeats the `state`, which the page explains.
   *
   * @throws {SignInError} `unavailable`
   */
  async endSessionUrl(): Promise<string> {
    const configuration = await this.discovered();
    const { publicUrl } = this.settings;
    try {
      const back = { post_logout_redirect_uri: `${publicUrl}/`, state: SIGNED_OUT };
      return buildEndSessionUrl(configuration, back).href;
    } catch (cause) {
      throw new SignInError('unavailable', { cause });
    }
  }

  /** Discovers the issuer once, and again if it did not answer. */
  private async discovered(): Promise<Configuration> {
    this.#configuration ??= this.discover();
    try {
      return await this.#configuration;
    } catch (cause) {
      this.#configuration = undefined;
      throw new SignInError('unavailable', { cause });
    }
  }

  private discover(): Promise<Configuration> {
    const { trusted, clientId, clientSecret } = this.settings;
    const server = new URL(trusted.issuer);
    return discovery(
      server,
      clientId,
      undefined,
      clientSecret === undefined ? None() : ClientSecretBasic(clientSecret),
      {
        timeout: FIVE_SECONDS,
        // The library accepts an issuer without TLS only on this machine. This client does the same.
        execute: server.protocol === 'http:' ? [allowInsecureRequests] : [],
      },
    );
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof AuthorizationResponseError && error.error === 'access_denied';
}

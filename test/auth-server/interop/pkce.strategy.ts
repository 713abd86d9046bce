import { createHash, randomBytes } from 'node:crypto';
import type { Request } from 'express';
import type { oauth2tokenCallback } from 'oauth';
import OpenIDConnectStrategy from 'passport-openidconnect';
import { sessionOf } from './browser-session.js';

interface Challenge {
  readonly code_challenge: string;
  readonly code_challenge_method: 'S256';
}

/**
 * Adds PKCE, which passport-openidconnect 0.1.2 does not support. Further parameters of the
 * authorization request are its documented extension. The verifier is sent with the code through
 * the client that it leaves to subclasses. Passport creates an object for each request from the
 * strategy, so that members set here belong to that request only.
 */
export class PkceStrategy extends OpenIDConnectStrategy {
  override authenticate(
    request: Request,
    options: OpenIDConnectStrategy.AuthenticateOptions = {},
  ): void {
    const session = sessionOf(request);
    if (request.query['code'] === undefined) {
      const verifier = randomBytes(32).toString('base64url');
      session['code_verifier'] = verifier;
      super.authenticate(request, { ...options, ...challengeOf(verifier) });
      return;
    }
    const { code_verifier } = session;
    delete session['code_verifier'];
    const { _oauth2: oauth2 } = this;
    const getOAuthAccessToken = (code: string, params: object, done: oauth2tokenCallback) =>
      oauth2.getOAuthAccessToken(code, { ...params, code_verifier }, done);
    const sendingVerifier = Object.create(oauth2, {
      getOAuthAccessToken: { value: getOAuthAccessToken },
    });
    Object.assign(this, { _oauth2: sendingVerifier });
    super.authenticate(request, options);
  }

  override authorizationParams({ code_challenge, code_challenge_method }: Challenge): Challenge {
    return { code_challenge, code_challenge_method };
  }
}

function challengeOf(verifier: string): Challenge {
  const code_challenge = createHash('sha256').update(verifier).digest('base64url');
  return { code_challenge, code_challenge_method: 'S256' };
}

import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { JsonObject } from '../../identity/json-object.js';
import { DEV_ALGORITHM, type DevKey } from './dev-key.js';
import type { DevUser } from './dev-users.js';

/** Maximum lifetime of a token in seconds: a day, which is longer than a development session. */
export const MAX_LIFETIME = 86_400;

/** Default lifetime of a token, in seconds. */
export const DEFAULT_LIFETIME = 3_600;

/** Signs tokens for any caller. For development only. */
export class DevIssuer {
  constructor(
    /** URL of the issuer, which is also the `iss` of its tokens. */
    readonly url: string,
    readonly audience: string,
    readonly users: readonly DevUser[],
    private readonly key: DevKey,
  ) {}

  /**
   * Returns the document at `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0,
   * section 3).
   */
  get metadata(): object {
    return {
      issuer: this.url,
      jwks_uri: `${this.url}/jwks`,
      token_endpoint: `${this.url}/token`,
      response_types_supported: [],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [DEV_ALGORITHM],
    };
  }

  get keys(): object {
    return { keys: [this.key.jwk] };
  }

  find(name: unknown): DevUser | undefined {
    return this.users.find((user) => user.name === name);
  }

  /**
   * Signs an access token (RFC 9068, section 2) of a user.
   *
   * @param expiresIn - lifetime in seconds; negative for a token that has expired
   */
  mint(user: DevUser, claims: JsonObject = {}, expiresIn = DEFAULT_LIFETIME): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const own = { sub: user.name, aud: this.audience, jti: randomUUID() };
    return new SignJWT({ ...own, ...user.claims, ...claims })
      .setProtectedHeader({ alg: DEV_ALGORITHM, kid: this.key.jwk.kid, typ: 'at+jwt' })
      .setIssuer(this.url)
      .setIssuedAt(Math.min(now, now + expiresIn - 1))
      .setExpirationTime(now + expiresIn)
      .sign(this.key.privateKey);
  }
}

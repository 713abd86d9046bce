import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { JsonObject } from '../../identity/json-object.js';
import { DEV_ALGORITHM, type DevKey } from './dev-key.js';
import type { DevUser } from './dev-users.js';

/** A day: nobody develops longer without a restart. In seconds, as `exp` is. */
export const MAX_LIFETIME = 86_400;

/** For how long a token is good, unless told. In seconds. */
export const DEFAULT_LIFETIME = 3_600;

/** Signs tokens for whoever asks. For development only. */
export class DevIssuer {
  constructor(
    /** The `iss` of its tokens, and where it answers. */
    readonly url: string,
    readonly audience: string,
    readonly users: readonly DevUser[],
    private readonly key: DevKey,
  ) {}

  /** What stands at `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0, section 3). */
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
   * An access token (RFC 9068, section 2) of a user.
   *
   * @param expiresIn - in seconds; below 0 for a token that has expired
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

import { Logger } from '@nestjs/common';
import { errors as joseErrors, UnsecuredJWT } from 'jose';
import { PatronusError } from '../../errors/patronus.error.js';
import type { Credential } from '../../identity/credential.js';
import type { Identity } from '../../identity/identity.js';
import { IdentityProvider } from '../../identity/identity-provider.js';
import { type JsonObject, member } from '../../identity/json-object.js';
import { mismatch } from '../../identity/mismatch.js';
import { parseToken } from '../../identity/parse-token.js';
import { remoteRequest } from '../../remote/remote-request.js';
import { identityOfClaims } from './identity-of-claims.js';
import type { JwtProfile } from './jwt.profile.js';
import { RETRY_AFTER } from './key-policy.js';
import { invalid } from './token-error.js';

/**
 * Placeholder for the missing signature of an emulator's token, so that {@link parseToken} can read
 * it.
 */
const STAND_IN = 'AAAA';

/** Checks that an emulator's header names the algorithm `none`, and nothing else. */
function checkHeader(header: JsonObject): void {
  const { alg, typ = 'JWT', ...others } = header;
  if (alg !== 'none') throw invalid('not a token of the emulator');
  if (typ !== 'JWT' || Object.keys(others).length > 0) throw invalid('header not supported');
}

/**
 * Accepts the unsigned tokens (RFC 7519, section 6) of an emulator, and no signed ones. All of
 * their claims are checked as if they were signed.
 */
export class EmulatorIdentityProvider extends IdentityProvider {
  readonly name: string;
  override readonly issuers: readonly string[];
  private readonly url: string;

  constructor(
    private readonly profile: JwtProfile,
    host: string,
  ) {
    super();
    this.name = profile.name;
    this.issuers = [profile.issuer];
    this.url = `http://${host}/`;
    new Logger('Patronus').warn(
      `${profile.name}: unsigned tokens of the emulator at ${host} are accepted, from any sender.`,
    );
  }

  /**
   * Checks the claims of an unsigned token.
   *
   * @throws {PatronusError} `token_malformed`, `token_invalid`, `token_expired`, `issuer_unknown`
   */
  override async authenticate({ token }: Credential): Promise<Identity> {
    if (!token.endsWith('.')) {
      throw new PatronusError('token_malformed', { reason: 'not an unsigned token' });
    }
    const { header, payload } = parseToken(token + STAND_IN);
    checkHeader(header);
    if (member(payload, 'iss') !== this.profile.issuer) {
      throw new PatronusError('issuer_unknown', mismatch(payload, ['iss'], [this.profile.issuer]));
    }
    this.#checkTimes(token);
    return identityOfClaims(payload, this.profile);
  }

  /** Checks that the emulator can be reached. @throws {PatronusError} `provider_unavailable` */
  override async warmUp(): Promise<void> {
    const { dispatcher } = this.profile.network;
    const { status } = await remoteRequest(this.url, { dispatcher }).catch((cause: unknown) => {
      const reason = `${this.name}: the emulator does not answer at ${this.url}`;
      throw new PatronusError('provider_unavailable', { reason, cause, retryAfter: RETRY_AFTER });
    });
    if (status === 200) return;
    const reason = `${this.name}: ${this.url} answers with ${status}`;
    throw new PatronusError('provider_unavailable', { reason, retryAfter: RETRY_AFTER });
  }

  #checkTimes(token: string): void {
    const { issuer, clockTolerance } = this.profile;
    try {
      UnsecuredJWT.decode(token, { issuer, clockTolerance });
    } catch (error) {
      if (!(error instanceof joseErrors.JOSEError)) throw error;
      const code = error instanceof joseErrors.JWTExpired ? 'token_expired' : 'token_invalid';
      throw new PatronusError(code, { reason: error.message });
    }
  }
}

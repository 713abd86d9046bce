import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { parseJson } from '../../remote/fetch-json.js';
import { discover } from '../../remote/issuer-metadata.js';
import { MAX_ANSWER_BYTES } from '../../remote/remote-limits.js';
import { remoteRequest } from '../../remote/remote-request.js';
import type { PlatformRevocationsSettings } from './platform-revocations.options.js';
import { missingScope, refusedToken, SCOPE } from './refused-access.error.js';

/** Lifetime of a token that names none, and maximum lifetime that is relied on, in seconds. */
const LIFETIME = { unnamed: 300, most: 24 * 60 * 60 } as const;
/** Minimum time between two renewals, in milliseconds. */
const MIN_RENEWAL = 1000;
/** Token of RFC 6750, section 2.1, of a length that fits into a header. */
const BEARER_TOKEN = /^[\w.~+/-]{1,12288}=*$/;

/** Access token, with times of a monotonic clock in milliseconds. */
interface HeldToken {
  readonly value: string;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/**
 * Access of this application to the event stream: tokens by the client credentials grant (RFC 6749,
 * section 4.4), for the platform's own API (RFC 8707).
 */
export class StreamAccess {
  readonly #settings: PlatformRevocationsSettings;
  #held: HeldToken | undefined;

  constructor(settings: PlatformRevocationsSettings) {
    this.#settings = settings;
  }

  /** Time until the token should be renewed, in milliseconds. */
  get renewIn(): number {
    return Math.max((this.#held?.renewAt ?? 0) - performance.now(), 0);
  }

  /** True if a token is held that has not expired. */
  get isHeld(): boolean {
    return this.#held !== undefined && performance.now() < this.#held.expiresAt;
  }

  /**
   * Returns a token that has not expired.
   *
   * @throws {Error} if there is none, and a new one cannot be obtained
   */
  async token(signal: AbortSignal): Promise<string> {
    if (!this.isHeld || this.#held === undefined) return this.renew(signal);
    return this.#held.value;
  }

  /** Forgets the token, so that the next one is new. */
  forget(): void {
    this.#held = undefined;
  }

  /**
   * Obtains a new token. If that fails, the previous one is kept.
   *
   * @throws {RefusedAccessError} if the platform refuses; {@link Error} if it cannot be reached
   */
  async renew(signal: AbortSignal): Promise<string> {
    const { known, audience, proveClient } = this.#settings;
    const url = await discover(known, 'token_endpoint', signal);
    const { headers, form } = await proveClient();
    const askedAt = performance.now();
    const answer = await remoteRequest(url, {
      method: 'POST',
      headers: {
        ...headers,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: SCOPE,
        resource: audience,
        ...form,
      }).toString(),
      dispatcher: known.dispatcher,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
    if (answer.status !== 200) throw refusedToken(url, answer);
    this.#held = readToken(url, parseJson(url, answer.text), askedAt);
    return this.#held.value;
  }
}

/**
 * Reads an answer of a token endpoint (RFC 6749, section 5.1).
 *
 * @throws {Error} if it holds no bearer token of the scope; repeats no part of it
 */
function readToken(url: string, answer: unknown, askedAt: number): HeldToken {
  if (!isJsonObject(answer)) throw new Error(`${url} answers with something that is not an object`);
  const value = member(answer, 'access_token');
  const type = member(answer, 'token_type');
  if (typeof value !== 'string' || !BEARER_TOKEN.test(value)) {
    throw new Error(`${url} answers without a usable access_token`);
  }
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    throw new Error(`${url} answers with a token whose token_type is not Bearer`);
  }
  const scope = member(answer, 'scope');
  // Without it the scope is the one that was asked for.
  if (typeof scope === 'string' && !scope.split(' ').includes(SCOPE)) throw missingScope(url);
  const lifetime = lifetimeIn(answer) * 1000;
  // Random, so that many instances do not all renew at the same moment.
  const renewAfter = Math.max(lifetime * (0.7 + Math.random() * 0.15), MIN_RENEWAL);
  return { value, renewAt: askedAt + renewAfter, expiresAt: askedAt + lifetime };
}

function lifetimeIn(answer: JsonObject): number {
  const seconds = member(answer, 'expires_in');
  if (typeof seconds !== 'number' || !(seconds > 0)) return LIFETIME.unnamed;
  return Math.min(seconds, LIFETIME.most);
}

import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { jwtVerify } from 'jose/jwt/verify';
import { PatronusError } from '../../errors/patronus.error.js';
import { withinDeadline } from '../../identity/deadline.js';
import type { Identity } from '../../identity/identity.js';
import type { IdentityProvider } from '../../identity/identity-provider.js';
import { currentScope } from '../../identity/request-scope.js';
import type { PresentedCredential } from '../presented-credential.js';
import type { RequestMessage } from '../../transport/guarded-request.js';
import { checkDPoPOptions, type DPoPSettings } from './check-dpop-options.js';
import { checkRequiredIssuers } from './check-required-issuers.js';
import { confirmedKey } from './confirmed-key.js';
import { nonceHeaders, nonceRequired, proofInvalid } from './dpop-error.js';
import type { AcceptedNonce } from './dpop-nonces.js';
import type { DPoPOptions } from './dpop.options.js';
import { readProof, type Proof } from './proof.js';
import { importProofKey } from './proof-key.js';
import { normalizeUrl, requestUrl } from './request-url.js';
import { isSameText, sha256 } from './same-text.js';

/** Minimum difference between the clocks of two instances that is allowed for, in seconds. */
const CLOCK_DRIFT = 5;

/** Timeout of {@link DPoPReplays}, in seconds. */
const REPLAYS_TIMEOUT = 1;

/** Check of a proof, in flight or finished. */
interface Check {
  readonly tokenHash: string;
  readonly outcome: Promise<void>;
}

/** Checks that a caller holds the key that its token is bound to (RFC 9449). */
export class DPoPVerifier implements OnModuleInit, OnModuleDestroy {
  readonly #settings: DPoPSettings;
  /**
   * Checks by request: a second guard or another GraphQL field of the same request is not a replay.
   */
  readonly #checks = new WeakMap<RequestMessage, Check>();

  constructor(options: DPoPOptions | undefined) {
    this.#settings = checkDPoPOptions(options);
  }

  onModuleInit(): Promise<void> {
    return this.#settings.replays.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#settings.replays.stop();
  }

  /**
   * Checks the issuers of `requiredFor`, once the provider has been created.
   *
   * @throws {PatronusConfigurationError} if one of them belongs to no provider
   */
  checkIssuers(provider: IdentityProvider): void {
    checkRequiredIssuers(this.#settings.requiredFor, provider);
  }

  /** Returns true if a proof must be checked. Called for every request, so it is cheap. */
  concerns(identity: Identity, credential: PresentedCredential): boolean {
    return (
      identity.confirmation !== undefined ||
      credential.via === 'dpop' ||
      this.#settings.requiredFor.has(identity.issuer)
    );
  }

  /**
   * Checks the proof of a request (RFC 9449, sections 4.3 and 7.1), the cheap checks first. Only
   * one signature is verified, for a key that the token names. The proof is remembered only after
   * that.
   *
   * @throws {PatronusError} `dpop_proof_missing`, `dpop_proof_invalid`, `dpop_nonce_required`,
   * `token_invalid` if the token is bound by a method that cannot be checked,
   * `provider_unavailable` if it is not known whether the proof was used before
   */
  async verify(
    identity: Identity,
    credential: PresentedCredential,
    message: RequestMessage,
  ): Promise<void> {
    const thumbprint = confirmedKey(identity, credential);
    const tokenHash = sha256(credential.token).toString('base64url');
    const known = this.#checks.get(message);
    if (known?.tokenHash === tokenHash) return known.outcome;
    const check = { tokenHash, outcome: this.#check(identity, message, tokenHash, thumbprint) };
    this.#checks.set(message, check);
    try {
      await check.outcome;
    } catch (error) {
      if (this.#checks.get(message) === check) this.#checks.delete(message);
      throw error;
    }
  }

  async #check(
    identity: Identity,
    message: RequestMessage,
    tokenHash: string,
    thumbprint: string,
  ): Promise<void> {
    const proof = readProof(message.headers['dpop']);
    const url = this.#checkRequest(proof, message);
    if (!isSameText(proof.ath, tokenHash)) throw proofInvalid('made for another token');
    const nonce = this.#checkTime(proof);
    if (!isSameText(await calculateJwkThumbprint(proof.jwk), thumbprint)) {
      throw proofInvalid('not the key that the token is bound to');
    }
    await verifySignature(proof, this.#settings.leeway);
    const use = JSON.stringify([thumbprint, proof.jti, proof.htm, url]);
    await this.#useOnce(use, this.#usableUntil(proof, nonce), identity);
    if (nonce?.isCurrent === false) this.#offerNonce();
  }

  #checkRequest({ htm, htu }: Proof, message: RequestMessage): string {
    if (htm !== message.method) throw proofInvalid('made for another method');
    const url = requestUrl(message, this.#settings.origin);
    if (url === undefined) throw proofInvalid('a request whose URL cannot be compared');
    if (normalizeUrl(htu) !== url) throw proofInvalid(`made for a URL other than ${url}`);
    return url;
  }

  /**
   * Checks the age of a proof (RFC 9449, section 4.3, point 11): by its nonce if that is the
   * current one, and otherwise by `iat`. The current nonce therefore helps a caller whose clock is
   * wrong.
   */
  #checkTime({ iat, nonce }: Proof): AcceptedNonce | undefined {
    const { nonces, maxAge, leeway } = this.#settings;
    const age = Date.now() / 1000 - iat;
    const mistake = age > maxAge ? 'too old' : age < -leeway ? 'made in the future' : undefined;
    if (nonces === undefined) {
      if (mistake === undefined) return undefined;
      throw proofInvalid(mistake);
    }
    if (nonce === undefined) throw nonceRequired(nonces.current(), 'no nonce');
    const accepted = nonces.check(nonce);
    if (accepted === undefined) {
      throw nonceRequired(nonces.current(), 'the nonce has expired or is not from this server');
    }
    if (accepted.isCurrent || mistake === undefined) return accepted;
    throw nonceRequired(nonces.current(), `${mistake}, with the previous nonce`);
  }

  /**
   * Returns the time after which no instance accepts the proof again, in seconds since the epoch.
   */
  #usableUntil({ iat }: Proof, nonce: AcceptedNonce | undefined): number {
    const { maxAge, leeway } = this.#settings;
    const byClock = iat + maxAge;
    const until =
      nonce === undefined
        ? byClock
        : Math.max(nonce.currentUntil, Math.min(byClock, nonce.acceptedUntil));
    // An instance whose clock is behind accepts the proof for a little longer.
    return until + Math.max(leeway, CLOCK_DRIFT);
  }

  async #useOnce(use: string, usableUntil: number, { issuer, id }: Identity): Promise<void> {
    const key = sha256(use).toString('base64url');
    const ttl = Math.ceil(usableUntil - Date.now() / 1000);
    let isFirst: unknown;
    try {
      const answer = this.#settings.replays.firstUse(key, ttl, JSON.stringify([issuer, id]));
      isFirst =
        answer instanceof Promise ? await withinDeadline(answer, REPLAYS_TIMEOUT * 1000) : answer;
    } catch (error) {
      if (error instanceof PatronusError) throw error;
      const reason = 'dpop.replays: cannot tell whether a proof was used before';
      throw new PatronusError('provider_unavailable', { reason, cause: error, retryAfter: 5 });
    }
    if (isFirst !== true) throw proofInvalid('used before');
  }

  /**
   * Issues the next nonce, so that the caller's next proof need not be sent twice (RFC 9449,
   * section 8.2).
   */
  #offerNonce(): void {
    const response = currentScope()?.response;
    const { nonces } = this.#settings;
    if (nonces === undefined || response === undefined || response.headersSent) return;
    for (const [name, value] of Object.entries(nonceHeaders(nonces.current()))) {
      response.setHeader(name, value);
    }
  }
}

async function verifySignature(
  { compact, jwk, algorithm }: Proof,
  clockTolerance: number,
): Promise<void> {
  const key = importProofKey(jwk);
  try {
    await jwtVerify(compact, key, {
      algorithms: [algorithm],
      typ: 'dpop+jwt',
      clockTolerance,
    });
  } catch (cause) {
    throw proofInvalid('not signed by its key', cause);
  }
}

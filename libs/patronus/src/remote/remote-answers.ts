import { hash } from 'node:crypto';
import { createCache } from 'cache-manager';
import { PatronusError } from '../errors/patronus.error.js';
import { SingleFlight } from '../identity/single-flight.js';
import { RefusedTokens } from './refused-tokens.js';
import type { RemoteProfile } from './remote-profile.js';
import type { RemoteServer } from './remote-server.js';
import { SharedAnswers, type DatedAnswer } from './shared-answers.js';
import type { Verdict } from './verdict.js';

/** Only a client with good tokens may show how long the server takes. Refused tokens are free to invent. */
const isAccepted = ({ verdict }: { readonly verdict: Verdict }) => verdict.kind === 'known';

/**
 * Caches the answers of a server by the SHA-256 of the whole token. A refusal is cached briefly. A
 * positive answer is shared among processes if the options say so. Concurrent requests for a token
 * share one call. An outage is never cached.
 */
export class RemoteAnswers {
  readonly #refused: RefusedTokens;
  readonly #shared: SharedAnswers | undefined;
  readonly #flights = new SingleFlight<DatedAnswer>();

  constructor(
    private readonly profile: RemoteProfile,
    private readonly server: RemoteServer,
  ) {
    const { ttlMs, negativeTtlMs, max, stores } = profile.cache;
    this.#refused = new RefusedTokens(max, negativeTtlMs);
    if (stores.length === 0) return;
    const question = hash('sha256', JSON.stringify([profile.name, ...profile.question]));
    const cache = createCache({ stores: [...stores] });
    this.#shared = new SharedAnswers(cache, `patronus:answers:${question}:`, ttlMs);
  }

  /**
   * Returns the answer for a token.
   *
   * @throws {PatronusError} `token_invalid`, `token_expired` or `issuer_unknown` if the token is
   * refused, `provider_unavailable` if it cannot be checked now
   */
  find(token: string): Promise<DatedAnswer> {
    const digest = hash('sha256', token);
    return this.#flights.run(digest, () => this.#look(digest, token));
  }

  async #look(digest: string, token: string): Promise<DatedAnswer> {
    const refusal = this.#refused.recall(digest);
    if (refusal !== undefined) throw new PatronusError(refusal.code, refusal);
    return (await this.#recallShared(digest)) ?? this.#ask(digest, token);
  }

  /**
   * Reads a shared answer. It counts if the server could have given it, and if it accepts the
   * token.
   */
  async #recallShared(digest: string): Promise<DatedAnswer | undefined> {
    const found = await this.#shared?.read(digest);
    if (found === undefined) return undefined;
    return this.profile.judge(found.answer).kind === 'known' ? found : undefined;
  }

  async #ask(digest: string, token: string): Promise<DatedAnswer> {
    const question = async (signal: AbortSignal) => {
      const now = Date.now();
      return { verdict: await this.profile.ask(token, signal), askedAt: now };
    };
    const { verdict, askedAt } = await this.server.ask(question, digest, isAccepted);
    const found = { answer: this.#accept(digest, verdict), askedAt };
    void this.#shared?.write(digest, found);
    return found;
  }

  #accept(digest: string, verdict: Verdict): DatedAnswer['answer'] {
    if (verdict.kind === 'known') return verdict.answer;
    if (verdict.kind === 'unclear') {
      throw this.server.unavailable(
        new Error(verdict.reason),
        verdict.remedy ?? this.profile.remedy,
      );
    }
    this.#refused.remember(digest, verdict);
    throw new PatronusError(verdict.code, verdict);
  }
}

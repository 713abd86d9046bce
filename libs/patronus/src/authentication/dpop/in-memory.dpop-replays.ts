import { checkMembers, checkPositiveInteger } from '../../errors/check-option.js';
import { PatronusError } from '../../errors/patronus.error.js';
import { DPoPReplays } from './dpop-replays.js';

/** Limits of {@link InMemoryDPoPReplays}. */
export interface InMemoryDPoPReplaysOptions {
  /** Maximum number of proofs of all callers together. Default: 100,000. */
  readonly max?: number | undefined;
  /** Maximum number of proofs of one caller. Default: a tenth of `max`. */
  readonly maxPerHolder?: number | undefined;
}

interface Use {
  readonly holder: string;
  readonly expiresAt: number;
}

/**
 * Remembers used proofs in this process, for applications with a single instance. If it is full it
 * refuses proofs, because forgetting one would let it be used again.
 */
export class InMemoryDPoPReplays extends DPoPReplays {
  readonly #max: number;
  readonly #maxPerHolder: number;
  readonly #uses = new Map<string, Use>();
  readonly #shares = new Map<string, number>();

  constructor(options: InMemoryDPoPReplaysOptions = {}) {
    super();
    checkMembers('InMemoryDPoPReplays', options, ['max', 'maxPerHolder']);
    const { max = 100_000, maxPerHolder = Math.ceil(max / 10) } = options;
    checkPositiveInteger('InMemoryDPoPReplays.max', max);
    checkPositiveInteger('InMemoryDPoPReplays.maxPerHolder', maxPerHolder);
    this.#max = max;
    this.#maxPerHolder = maxPerHolder;
  }

  /** @throws {PatronusError} `provider_unavailable` if it is full */
  override firstUse(key: string, ttlSeconds: number, holder: string): boolean {
    const now = Date.now();
    this.#forgetExpired(now);
    if (this.#uses.has(key)) return false;
    const share = this.#shares.get(holder) ?? 0;
    if (share >= this.#maxPerHolder) throw full('of one caller');
    if (this.#uses.size >= this.#max) throw full('in all');
    this.#uses.set(key, { holder, expiresAt: now + ttlSeconds * 1000 });
    this.#shares.set(holder, share + 1);
    return true;
  }

  /** Forgets expired proofs from the oldest on, up to the first that is still valid. */
  #forgetExpired(now: number): void {
    for (const [key, { holder, expiresAt }] of this.#uses) {
      if (expiresAt > now) return;
      this.#uses.delete(key);
      const share = this.#shares.get(holder) ?? 0;
      if (share > 1) this.#shares.set(holder, share - 1);
      else this.#shares.delete(holder);
    }
  }
}

function full(where: string): PatronusError {
  const reason = `too many DPoP proofs ${where} to remember more`;
  return new PatronusError('provider_unavailable', { reason, retryAfter: 5 });
}

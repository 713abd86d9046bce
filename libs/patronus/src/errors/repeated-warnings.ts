import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** For how long a kind of warning is silent once it was logged, in milliseconds. */
const SILENCE = 60_000;

/** How many kinds are remembered. The least recently logged one is forgotten first. */
const MAX_KINDS = 100;

interface Told {
  /** Milliseconds since the epoch. */
  readonly at: number;
  silenced: number;
}

/**
 * Warnings that requests cause, each kind logged once a minute: a flood of bad requests must not
 * become a flood in the log.
 */
export class RepeatedWarnings {
  readonly #logger = new Logger('Patronus');
  readonly #told = new LRUCache<string, Told>({ max: MAX_KINDS });

  /**
   * Logs `sentence`, unless a warning of the same kind was logged less than a minute ago.
   *
   * @param kind what makes two warnings alike. Must not hold what a caller can choose
   * @param sentence for operators; holds no token and no secret
   */
  warn(kind: string, sentence: string): void {
    const now = Date.now();
    const told = this.#told.get(kind);
    if (told !== undefined && Math.abs(now - told.at) < SILENCE) {
      told.silenced += 1;
      return;
    }
    this.#told.set(kind, { at: now, silenced: 0 });
    const silenced = told?.silenced ?? 0;
    const more = silenced === 0 ? '' : ` (${silenced} more like the last one were not logged.)`;
    this.#logger.warn(sentence + more);
  }
}

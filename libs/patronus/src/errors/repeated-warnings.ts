import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** Milliseconds for which a kind of warning is suppressed after it was logged. */
const SILENCE = 60_000;

/** Maximum number of kinds that are remembered. The least recently logged one is dropped first. */
const MAX_KINDS = 100;

interface Told {
  /** Milliseconds since the epoch. */
  readonly at: number;
  silenced: number;
}

/**
 * Logs warnings that requests cause, each kind once a minute, so that a flood of bad requests does
 * not flood the log.
 */
export class RepeatedWarnings {
  readonly #logger = new Logger('Patronus');
  readonly #told = new LRUCache<string, Told>({ max: MAX_KINDS });

  /**
   * Logs `sentence`: as a warning, or at `debug` if a warning of the same kind was logged less than a
   * minute ago.
   *
   * @param kind identifies warnings that are alike. Must not contain input of a caller.
   * @param sentence for operators. Must hold no token and no secret.
   */
  warn(kind: string, sentence: string): void {
    const now = Date.now();
    const told = this.#told.get(kind);
    if (told !== undefined && Math.abs(now - told.at) < SILENCE) {
      told.silenced += 1;
      this.#logger.debug(sentence);
      return;
    }
    this.#told.set(kind, { at: now, silenced: 0 });
    const silenced = told?.silenced ?? 0;
    const more =
      silenced === 0
        ? ''
        : ` (${silenced} more like the last one were logged at debug level only.)`;
    this.#logger.warn(sentence + more);
  }
}

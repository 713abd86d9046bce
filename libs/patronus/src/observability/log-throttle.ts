/** How long a kind of line is left out after it was written, in milliseconds. */
const PAUSE_MS = 60_000;

/** The most kinds that are remembered; the oldest is forgotten for a new one. */
const MAX_KINDS = 1000;

/** Lets one line of each kind through in a minute: a flood of calls must not become a flood of lines. */
export class LogThrottle {
  readonly #kinds = new Map<string, { readonly until: number; leftOut: number }>();

  /**
   * Counts a line of a kind.
   *
   * @returns how many lines of the kind were left out before this one; undefined to leave it out, too
   */
  admit(kind: string, now = Date.now()): number | undefined {
    const known = this.#kinds.get(kind);
    if (known !== undefined && now < known.until) {
      known.leftOut += 1;
      return undefined;
    }
    this.#kinds.delete(kind);
    const [oldest] = this.#kinds.keys();
    if (oldest !== undefined && this.#kinds.size >= MAX_KINDS) this.#kinds.delete(oldest);
    this.#kinds.set(kind, { until: now + PAUSE_MS, leftOut: 0 });
    return known?.leftOut ?? 0;
  }
}

import { Logger } from '@nestjs/common';
import type { Identity } from '../identity/identity.js';
import type { Revocation } from './revocation.js';
import { ageLimit, isSame, merge, reaches, type RevocationEntry } from './revocation-entry.js';
import { keyOf, namesIn, type SelectorName, type Selectors, selectorsOf } from './selectors.js';

/**
 * Revocations that name the same members, found by the values of these regardless of their number.
 */
interface Shape {
  readonly names: readonly SelectorName[];
  readonly entries: Map<string, RevocationEntry>;
}

/**
 * Revocations that a process has received. A look-up costs one step for each combination of members
 * in use, which is two or three, and nothing if nothing is revoked.
 *
 * Bounded: at `max`, the oldest tenth is replaced by one that revokes everything issued before it.
 * A flood of revocations therefore logs people out, and lets no one in.
 */
export class RevocationIndex {
  readonly #logger = new Logger('Patronus');
  #shapes: readonly Shape[] = [];
  #size = 0;
  #folded: RevocationEntry | undefined;
  #warned = false;

  constructor(private readonly max: number) {}

  /** Number of revocations, without the one that replaces the oldest. */
  get size(): number {
    return this.#size;
  }

  isRevoked(identity: Identity, tenantId: string | undefined): boolean {
    if (this.#shapes.length === 0) return false;
    const selectors: Selectors = {
      token: identity.tokenId,
      session: identity.sessionId,
      user: identity.id,
      tenant: tenantId,
      issuer: identity.issuer,
    };
    for (const { names, entries } of this.#shapes) {
      const key = keyOf(names, selectors);
      const entry = key === undefined ? undefined : entries.get(key);
      if (entry !== undefined && reaches(entry, identity) && isLive(entry)) return true;
    }
    return this.#folded !== undefined && reaches(this.#folded, identity) && isLive(this.#folded);
  }

  /**
   * Adds an entry.
   *
   * @returns true if the entry revokes more than before, or for longer
   */
  add(entry: RevocationEntry): boolean {
    if (!isLive(entry) || this.#isFolded(entry)) return false;
    const selectors = selectorsOf(entry.revocation);
    const names = namesIn(selectors);
    const key = keyOf(names, selectors) ?? '';
    const known = this.#shapeOf(names)?.entries.get(key);
    if (known !== undefined && isLive(known)) {
      const merged = merge(known, entry);
      if (isSame(known, merged)) return false;
      this.#put(names, key, merged);
      return true;
    }
    if (known === undefined && this.#size >= this.max) this.#makeRoom();
    this.#put(names, key, entry);
    return true;
  }

  /** Returns true if a revocation of the same selectors is in force. */
  has(revocation: Revocation): boolean {
    const selectors = selectorsOf(revocation);
    const names = namesIn(selectors);
    const entry = this.#shapeOf(names)?.entries.get(keyOf(names, selectors) ?? '');
    return entry !== undefined && isLive(entry);
  }

  /** Returns those that are in force, without the one that replaces the oldest. */
  live(): readonly RevocationEntry[] {
    return this.#shapes.flatMap(({ entries }) => [...entries.values()].filter(isLive));
  }

  #shapeOf(names: readonly SelectorName[]): Shape | undefined {
    const wanted = names.join();
    return this.#shapes.find((shape) => shape.names.join() === wanted);
  }

  #put(names: readonly SelectorName[], key: string, entry: RevocationEntry): void {
    let shape = this.#shapeOf(names);
    if (shape === undefined) {
      shape = { names, entries: new Map() };
      this.#shapes = [...this.#shapes, shape];
    }
    if (!shape.entries.has(key)) this.#size += 1;
    shape.entries.set(key, entry);
  }

  /** Removes expired entries, and merges the oldest if that is not enough. */
  #makeRoom(): void {
    const room = Math.ceil(this.max / 10);
    this.#drop((entry) => !isLive(entry));
    if (this.#size <= this.max - room) return;
    const oldest = new Set(
      this.live()
        .toSorted((one, other) => ageLimit(one) - ageLimit(other))
        .slice(0, room),
    );
    for (const entry of oldest) this.#fold(entry);
    this.#drop((entry) => oldest.has(entry));
    this.#warn();
  }

  #fold(entry: RevocationEntry): void {
    const { at, until } = entry;
    const everything = { revocation: { issuedBefore: ageLimit(entry) }, at, until };
    const standing = this.#folded !== undefined && isLive(this.#folded) ? this.#folded : everything;
    this.#folded = merge(standing, everything);
  }

  #isFolded(entry: RevocationEntry): boolean {
    return (
      this.#folded !== undefined &&
      entry.until <= this.#folded.until &&
      ageLimit(entry) <= ageLimit(this.#folded)
    );
  }

  #drop(isGone: (entry: RevocationEntry) => boolean): void {
    for (const { entries } of this.#shapes) {
      for (const [key, entry] of entries) {
        if (isGone(entry) && entries.delete(key)) this.#size -= 1;
      }
    }
    this.#shapes = this.#shapes.filter(({ entries }) => entries.size > 0);
  }

  #warn(): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#logger.warn(
      `More than ${this.max} revocations: the oldest of them now revoke everything that was issued before them. Raise "max" of the revocations.`,
    );
  }
}

function isLive({ until }: RevocationEntry): boolean {
  return Date.now() < until;
}

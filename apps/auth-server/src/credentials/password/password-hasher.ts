import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, hashSync, verify } from '@node-rs/argon2';
import { isText, normalisePassword, PasswordSettings, readArgon2 } from './argon2.js';
import { HashQueue } from './hash-queue.js';
import { LEGACY_SCHEMES } from './imported-hashes.js';

/** `upgrade` is true if the hash has another scheme or cost than new hashes: store a new one. */
export type Verification =
  | { readonly matches: true; readonly upgrade: boolean }
  | { readonly matches: false; readonly upgrade: false };

const NO_MATCH: Verification = { matches: false, upgrade: false };

/**
 * Creates argon2id hashes (RFC 9106) of the NFC form of passwords, on libuv's threads. Verifies these
 * hashes and those of other systems. Long passwords, NULs and Unicode characters are never truncated.
 */
@Injectable()
export class PasswordHasher {
  private readonly costs: { memoryCost: number; timeCost: number; parallelism: number };
  /** The prefix of new hashes. */
  readonly prefix: string;
  private readonly decoy: string;
  private other: string | undefined;

  constructor(
    { memoryCost, timeCost, parallelism }: PasswordSettings,
    private readonly queue: HashQueue,
  ) {
    this.costs = { memoryCost, timeCost, parallelism };
    this.prefix = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`;
    this.decoy = hashSync(randomBytes(32), this.costs);
  }

  /**
   * Hashes a password.
   *
   * @returns the PHC string to store
   * @throws {TypeError} if the password has a lone surrogate
   * @throws {HashingOverloadedError} if too many others wait
   */
  async hash(password: string): Promise<string> {
    if (!isText(password)) throw new TypeError('A password must be well-formed Unicode.');
    return this.queue.run(() => hash(normalisePassword(password), this.costs));
  }

  /**
   * Takes a hash of another scheme or cost that accounts still have. From then on each verification also does the
   * work of this hash, whichever hash is real. Undefined if there is no such hash any more.
   */
  pretendToHave(other: string | undefined): void {
    this.other = other;
  }

  /** Tells if a hash has another scheme or cost than new hashes, and can be verified. */
  isOther(stored: string): boolean {
    return !this.isCurrent(stored) && schemeOf(stored) !== undefined;
  }

  /**
   * Verifies a password against a hash. An unknown account (`undefined`) and an unreadable hash take as long
   * as a wrong password, and never match. A hash of the scheme and cost of {@link pretendToHave} takes that long,
   * too; one of a third scheme does not.
   *
   * Hashes of other schemes and costs are also tried with the password as it was typed, because other
   * systems may not normalise it.
   *
   * @throws {HashingOverloadedError} if too many others wait
   */
  verify(password: string, stored: string | undefined): Promise<Verification> {
    return this.queue.run(async () => {
      const known = isText(password) ? stored : undefined;
      if (known !== undefined && this.isCurrent(known)) {
        const [verification] = await Promise.all([
          this.verifyCurrent(password, known),
          this.pretendOther(password),
        ]);
        return verification;
      }
      const isOther = known !== undefined && this.isOther(known);
      const [matches] = await Promise.all([
        isOther ? matchesLegacy(password, known) : this.pretendOther(password),
        this.pretend(password),
      ]);
      return isOther && matches ? { matches, upgrade: true } : NO_MATCH;
    });
  }

  private async verifyCurrent(password: string, stored: string): Promise<Verification> {
    const matches = await verify(stored, normalisePassword(password));
    return matches ? { matches, upgrade: false } : NO_MATCH;
  }

  /** Tells if a hash has the scheme, the cost, and the lengths of salt and digest of new hashes. */
  private isCurrent(stored: string): boolean {
    return (
      stored.length === this.decoy.length &&
      stored.startsWith(this.prefix) &&
      readArgon2(stored) !== undefined
    );
  }

  private async pretendOther(password: string): Promise<boolean> {
    if (this.other !== undefined) await matchesLegacy(password, this.other);
    return false;
  }

  private async pretend(password: string): Promise<void> {
    await verify(this.decoy, normalisePassword(password));
  }
}

function schemeOf(stored: string) {
  return LEGACY_SCHEMES.find((each) => each.recognises(stored));
}

async function matchesLegacy(password: string, stored: string): Promise<boolean> {
  const scheme = schemeOf(stored);
  if (scheme === undefined) return false;
  const normalised = normalisePassword(password);
  if (await scheme.verify(normalised, stored)) return true;
  return normalised !== password && scheme.verify(password, stored);
}

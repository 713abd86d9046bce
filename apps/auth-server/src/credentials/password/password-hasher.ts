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
  private readonly prefix: string;
  private readonly decoy: string;

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
   * Verifies a password against a hash. An unknown account (`undefined`) and an unreadable hash take as long
   * as a wrong password, and never match. Hashes of other schemes and costs take at least that long.
   *
   * Hashes of other schemes and costs are also tried with the password as it was typed, because other
   * systems may not normalise it.
   *
   * @throws {HashingOverloadedError} if too many others wait
   */
  verify(password: string, stored: string | undefined): Promise<Verification> {
    return this.queue.run(async () => {
      if (stored !== undefined && isText(password)) {
        if (this.isCurrent(stored)) return this.verifyCurrent(password, stored);
        const [matches] = await Promise.all([
          matchesLegacy(password, stored),
          this.pretend(password),
        ]);
        return matches ? { matches, upgrade: true } : NO_MATCH;
      }
      await this.pretend(password);
      return NO_MATCH;
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

  private async pretend(password: string): Promise<void> {
    await verify(this.decoy, normalisePassword(password));
  }
}

async function matchesLegacy(password: string, stored: string): Promise<boolean> {
  const scheme = LEGACY_SCHEMES.find((each) => each.recognises(stored));
  if (scheme === undefined) return false;
  const normalised = normalisePassword(password);
  if (await scheme.verify(normalised, stored)) return true;
  return normalised !== password && scheme.verify(password, stored);
}

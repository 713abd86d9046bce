import { randomInt, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../operation/clock.js';
import { type BlindIndex, Keyring } from '../../operation/crypto/keyring.js';
import type { Proof } from '../credential.js';

const DIGITS = 6;

/** Seconds for which a code that was sent is valid. */
export const CODE_TTL = 10 * 60;

/** A code that was mailed to an account. */
interface SentCode {
  /** The sign-in of the code. */
  readonly context: string;
  readonly hash: string;
  /** The security version of the account when the code was sent. */
  readonly securityVersion: number;
}

/** The codes that are sent to a person: six digits, of which only a keyed hash is stored. */
@Injectable()
export class OneTimeCodes {
  readonly #indexOf: BlindIndex;

  constructor(
    keyring: Keyring,
    private readonly clock: Clock,
  ) {
    this.#indexOf = keyring.blindIndex('one-time-codes', (value) => value);
  }

  create(): string {
    return String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
  }

  /** @param context the sign-in of the code. The hash of the same code is another one in each */
  hash(context: string, code: string): string {
    return this.#indexOf(JSON.stringify([context, code]));
  }

  /** Verifies a code that was mailed. Spaces between its digits do not count. */
  verify(code: string, { context, hash, securityVersion }: SentCode): Proof | undefined {
    const given = Buffer.from(this.hash(context, code.replaceAll(/\s/g, '')));
    const expected = Buffer.from(hash);
    const matches = given.length === expected.length && timingSafeEqual(given, expected);
    return matches ? { method: 'email', at: this.clock.now(), securityVersion } : undefined;
  }
}

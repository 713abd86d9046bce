import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, inArray, isNull, lt, or } from 'drizzle-orm';
import type { AccountRow } from '../../accounts/accounts.service.js';
import { readEmailAddress, usernameKey } from '../../accounts/identifiers.js';
import { Clock } from '../../operation/clock.js';
import { type BlindIndex, Keyring } from '../../operation/crypto/keyring.js';
import type { DatabaseSession } from '../../operation/database/database.js';
import { PlatformError } from '../../operation/http/errors.js';
import { addressKey } from '../../operation/limits/rate-limits.service.js';
import { PersonalData } from '../../operation/personal-data/personal-data.js';
import { CLOCK_MARGIN, RetentionRules } from '../../operation/retention/retention-rules.js';
import { type FailureCounter, FailureCounters } from './failure-counters.js';
import { loginFailures } from './login-failures.table.js';

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;
/** Failures of one pair: a network and a name, a device and its account, or a session. */
const PAIR = { max: 5, lock: 15 * MINUTE };
/** Failures in a row: of a name over all networks, of a device, or of a session. */
const IN_A_ROW = { max: 20, lock: DAY };
/** Mails about locks. */
const TOLD = { max: 1, lock: DAY };
/** Seconds that failures are kept. */
const FAILURES_KEPT = 24 * 60 * 60 + CLOCK_MARGIN;

/** The sender of an attempt. */
export type AttemptSource =
  /** A device that the account does not know: all of a network count together. */
  | { readonly kind: 'network'; readonly address: string; readonly name: string }
  /** A device that the account knows. */
  | { readonly kind: 'device'; readonly deviceId: string; readonly accountId: string }
  /** The holder of a session. Undefined if the token names none. */
  | {
      readonly kind: 'session';
      readonly sessionId: string | undefined;
      readonly accountId: string;
    };

/** An attempt that was counted and is being verified. */
export interface CountedAttempt {
  readonly source: AttemptSource;
  /** The failures of the pair. */
  readonly pair: FailureCounter;
  /** The failures in a row. */
  readonly row: FailureCounter;
  /** True if the failures in a row have reached their limit, so that the password alone is not enough. */
  readonly isFull: boolean;
}

/** A short code that was counted and is being verified. */
export interface CountedCode {
  readonly row: FailureCounter;
  /** True if the account had too many wrong codes. */
  readonly isFull: boolean;
}

/** The consequences of a failed attempt. */
interface Consequences {
  /** True if the attempt locked its pair. */
  readonly isLocked: boolean;
  /** True if the attempt was the last of too many in a row. */
  readonly isLast: boolean;
}

/**
 * Counts failed sign-ins. A pair of a network and a name is locked for fifteen minutes after five failures.
 * A device that an account knows, and a session, have counts of their own, which no other caller raises. The
 * failures of a name are also counted over all networks.
 *
 * A name counts by itself, with and without an account: its keys do not change when somebody registers it, and
 * the names of one account do not reveal each other.
 */
@Injectable()
export class Lockout implements OnModuleInit {
  readonly #indexOf: BlindIndex;

  constructor(
    private readonly counters: FailureCounters,
    private readonly clock: Clock,
    keyring: Keyring,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
  ) {
    // Names are compared by the room that knows them.
    this.#indexOf = keyring.blindIndex('login-names', (name) => name);
  }

  onModuleInit(): void {
    const { key, lastAt, lockedUntil } = loginFailures;
    this.retention.register({
      name: 'login_failures',
      table: loginFailures,
      key,
      expired: (before) =>
        and(
          lt(lastAt, before(FAILURES_KEPT)),
          or(isNull(lockedUntil), lt(lockedUntil, before(CLOCK_MARGIN))),
        ),
    });
    this.personalData.register({
      forget: async (tx, accountIds) => {
        const subjects = accountIds.map((id) => this.#subjectOfAccount(id));
        await tx.delete(loginFailures).where(inArray(loginFailures.subject, subjects));
      },
    });
  }

  /**
   * Counts an attempt before it is verified.
   *
   * @throws {PlatformError} `account_locked` if the pair is locked, or `overloaded`
   */
  async begin(source: AttemptSource): Promise<CountedAttempt> {
    const { subject, pair: pairKey, row: rowKey } = this.#keysOf(source);
    const pair = { key: this.#indexOf(pairKey), subject, ...PAIR };
    const row = { key: this.#indexOf(rowKey), subject, ...IN_A_ROW };
    const lockedUntil = await this.counters.begin(pair);
    if (lockedUntil !== undefined) throw this.#locked(lockedUntil);
    try {
      const isFull = (await this.counters.begin(row)) !== undefined;
      return { source, pair, row, isFull };
    } catch (error) {
      await this.counters.release([pair]);
      throw error;
    }
  }

  /** Records that an attempt failed. */
  async fail(tx: DatabaseSession, { pair, row }: CountedAttempt): Promise<Consequences> {
    const isLocked = await this.counters.fail(tx, pair);
    return { isLocked, isLast: await this.counters.fail(tx, row) };
  }

  /** Forgets the failures of a pair, and those in a row, after an attempt that succeeded. */
  async succeed(session: DatabaseSession, { pair, row }: CountedAttempt): Promise<void> {
    await this.counters.clear(session, [pair, row]);
  }

  /** Takes back an attempt that could not be verified. */
  async release({ pair, row, isFull }: CountedAttempt): Promise<void> {
    await this.counters.release(isFull ? [pair] : [pair, row]);
  }

  /** Keeps a name under its limit for another day, because an attempt on it goes on. */
  async keepFull({ row }: CountedAttempt): Promise<void> {
    await this.counters.extend(row);
  }

  /** Tells if the owner of a name should hear of a lock: once a day. */
  async shouldTell(tx: DatabaseSession, { pair: { subject } }: CountedAttempt): Promise<boolean> {
    return this.counters.count(tx, { key: `told:${subject}`, subject, ...TOLD });
  }

  /** Returns the end of the lock as an error. */
  #locked(until: Date): PlatformError {
    const retryAfter = Math.ceil((until.getTime() - this.clock.now().getTime()) / 1000);
    return new PlatformError('account_locked', { retryAfter: Math.max(1, retryAfter) });
  }

  /**
   * Counts a short code before it is compared, over all challenges of an account.
   *
   * @throws {PlatformError} `overloaded`
   */
  async beginCode(accountId: string): Promise<CountedCode> {
    const subject = this.#subjectOfAccount(accountId);
    const row = { key: this.#indexOf(`codes:${accountId}`), subject, ...IN_A_ROW };
    return { row, isFull: (await this.counters.begin(row)) !== undefined };
  }

  /** Records that a code was wrong. */
  async failCode(tx: DatabaseSession, { row }: CountedCode): Promise<void> {
    await this.counters.fail(tx, row);
  }

  /** Lifts what failures for a name caused, and forgets wrong codes, after a right one. */
  async endChallenge(tx: DatabaseSession, subject: string, { row }: CountedCode): Promise<void> {
    await this.counters.lift(tx, [subject]);
    await this.counters.clear(tx, [row]);
  }

  /** Lifts everything that failures caused, for the owner of an account who used a link from a mail. */
  async lift(
    tx: DatabaseSession,
    { id, emailKey, usernameKey: username }: Pick<AccountRow, 'id' | 'emailKey' | 'usernameKey'>,
  ): Promise<void> {
    const names = [emailKey, username].filter((name) => name !== null);
    const ofNames = names.map((name) => this.#subjectOfName(name));
    await this.counters.lift(tx, [this.#subjectOfAccount(id), ...ofNames]);
  }

  #keysOf(source: AttemptSource) {
    if (source.kind === 'network') {
      const name = nameKey(source.name);
      const pair = JSON.stringify(['network', addressKey(source.address), name]);
      return { subject: this.#subjectOfName(name), pair, row: `all networks:${name}` };
    }
    const { kind, accountId } = source;
    const id = kind === 'device' ? source.deviceId : (source.sessionId ?? 'none');
    const pair = JSON.stringify([kind, id, accountId]);
    return { subject: this.#subjectOfAccount(accountId), pair, row: `${pair} in a row` };
  }

  #subjectOfName(key: string): string {
    return this.#indexOf(`subject:name:${key}`);
  }

  #subjectOfAccount(id: string): string {
    return this.#indexOf(`subject:account:${id}`);
  }
}

/** Normalises a name that was typed: the key of an address or of a username. */
export function nameKey(name: string): string {
  return readEmailAddress(name)?.key ?? usernameKey(name);
}

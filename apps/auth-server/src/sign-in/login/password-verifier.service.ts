import { Injectable } from '@nestjs/common';
import { type AccountRow, AccountsService } from '../../accounts/accounts.service.js';
import type { Proof } from '../../credentials/credential.js';
import { PasswordCredential } from '../../credentials/password/password-credential.js';
import { accountParty, type PlatformEvent } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { AccountLinks, accountLockedMail } from '../../notifications/account-mails.js';
import { Outbox } from '../../notifications/mail-queue.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { UNKNOWN_DEVICE } from '../../operation/http/device.js';
import { PlatformError } from '../../operation/http/errors.js';
import { currentRequest } from '../../operation/http/request-facts.js';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';
import type { DeviceChannel } from '../../sessions/devices/device-secrets.js';
import { DevicesService } from '../../sessions/devices/devices.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { type Challenge, ChallengesService } from '../challenge/challenges.service.js';
import { type AttemptSource, type CountedAttempt, Lockout, nameKey } from './lockout.js';

/** An account whose owner was proven. */
export interface ProvenAccount {
  readonly account: AccountRow;
  readonly proof: Proof;
}

/** A sign-in that continues with another factor. */
export interface ChallengedSignIn {
  readonly challenge: Challenge;
}

/** A name and a password, and their sender. */
interface NamedLogin {
  readonly identifier: string;
  readonly password: string;
  /** The place of the secret of the device. Undefined if the device did not send the request itself. */
  readonly channel: DeviceChannel | undefined;
  /** The flow in which a challenge can be completed. Undefined if there is none. */
  readonly flow: string | undefined;
}

/** A password that is being verified. */
interface PasswordAttempt {
  readonly counted: CountedAttempt;
  /** Undefined if the name has no account. */
  readonly account: AccountRow | undefined;
  readonly password: string;
}

/** Verifies names and passwords, and counts the failures. */
@Injectable()
export class PasswordVerifierService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly accounts: AccountsService,
    private readonly lockout: Lockout,
    private readonly challenges: ChallengesService,
    private readonly password: PasswordCredential,
    private readonly devices: DevicesService,
    private readonly sessions: SessionsService,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
    private readonly metrics: PlatformMetrics,
    private readonly events: Events,
  ) {}

  /**
   * Verifies an identifier and a password. Does the same work for unknown names, and gives the same answer
   * for an unconfirmed address: registering another person's address reveals nothing. After too many failures
   * in a row, every attempt of a device that the account does not know ends in a challenge.
   *
   * @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded`; `browser_required` in place
   * of a challenge that the flow cannot complete
   */
  async verify(login: NamedLogin): Promise<ProvenAccount | ChallengedSignIn> {
    const account = await this.accounts.findByName(login.identifier);
    return this.metrics.countFailure(this.judge(account, login));
  }

  /**
   * Verifies a name and a password on a page that asks for nothing else.
   *
   * @throws {PlatformError} as {@link verify}; `browser_required` in place of every challenge
   */
  async verifyOnPage(identifier: string, password: string): Promise<ProvenAccount> {
    const proven = await this.verify({
      identifier,
      password,
      channel: 'cookie',
      flow: undefined,
    });
    if ('challenge' in proven) throw new PlatformError('browser_required');
    return proven;
  }

  /**
   * Verifies the password of an account for the holder of a session, whose failures count for the session.
   * After twenty in a row the session ends.
   *
   * @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded`
   */
  async verifyAgain(
    account: AccountRow,
    password: string,
    sessionId: string | undefined,
  ): Promise<Proof> {
    const source = { kind: 'session', sessionId, accountId: account.id } as const;
    const counted = await this.begin(source, account);
    if (counted.isFull) {
      await this.lockout.release(counted);
      throw new PlatformError('invalid_credentials');
    }
    const { proof } = await this.prove({ counted, account, password });
    return proof;
  }

  private async judge(
    account: AccountRow | undefined,
    { identifier, password, channel, flow }: NamedLogin,
  ): Promise<ProvenAccount | ChallengedSignIn> {
    const counted = await this.count(account, identifier, channel);
    const attempt = { counted, account, password };
    return counted.isFull ? this.challenge(attempt, flow) : this.prove(attempt);
  }

  /** Counts an attempt for its device if the account knows it, and for its network and name otherwise. */
  private async count(
    account: AccountRow | undefined,
    identifier: string,
    channel: DeviceChannel | undefined,
  ): Promise<CountedAttempt> {
    const request = currentRequest();
    const deviceId =
      request && channel && (await this.devices.known(request, channel, account?.id));
    if (account !== undefined && deviceId !== undefined) {
      const source: AttemptSource = { kind: 'device', deviceId, accountId: account.id };
      const counted = await this.begin(source, account);
      if (!counted.isFull) return counted;
      await this.lockout.release(counted);
    }
    const { address } = request?.device ?? UNKNOWN_DEVICE;
    return this.begin({ kind: 'network', address, name: identifier }, account);
  }

  /** Counts an attempt. The log, and not the database, has the attempts during a lock. */
  private async begin(
    source: AttemptSource,
    account: AccountRow | undefined,
  ): Promise<CountedAttempt> {
    try {
      return await this.lockout.begin(source);
    } catch (error) {
      if (error instanceof PlatformError && error.code === 'account_locked') {
        const subject = account && accountParty(account.id);
        const actor = source.kind === 'session' ? subject : undefined;
        const details = { reason: error.code };
        this.events.note({ type: 'sign_in.failed', outcome: 'failure', actor, subject, details });
      }
      throw error;
    }
  }

  private async prove(attempt: PasswordAttempt): Promise<ProvenAccount> {
    const proven = await this.check(attempt);
    if (proven === undefined) {
      await this.refuse(attempt);
      // The holder of a session has given no name.
      throw attempt.counted.source.kind === 'session'
        ? new PlatformError('invalid_credentials', { message: 'The current password is wrong.' })
        : new PlatformError('invalid_credentials');
    }
    await this.lockout.succeed(this.database.db, attempt.counted);
    return proven;
  }

  private async check(attempt: PasswordAttempt): Promise<ProvenAccount | undefined> {
    const account = usable(attempt.account);
    try {
      const proof = await this.password.verify(account, attempt.password);
      return account && proof && { account, proof };
    } catch (error) {
      await this.lockout.release(attempt.counted);
      throw error;
    }
  }

  /** Answers alike if the password is right or wrong, and if the name has an account or none. */
  private async challenge(
    attempt: PasswordAttempt,
    flow: string | undefined,
  ): Promise<ChallengedSignIn> {
    const proven = await this.check(attempt);
    await this.lockout.keepFull(attempt.counted);
    const subject = attempt.account && accountParty(attempt.account.id);
    const mayMail = await this.challenges.mayMail(proven);
    const challenge = await this.inTurn(attempt, async (tx) => {
      const { isLocked } = await this.lockout.fail(tx, attempt.counted);
      const challenged: PlatformEvent = { type: 'sign_in.challenged', subject };
      const lock: PlatformEvent = { type: 'sign_in.locked', subject };
      await this.events.record(tx, challenged, ...(isLocked ? [lock] : []));
      if (flow === undefined) return undefined;
      const { subject: name } = attempt.counted.pair;
      return this.challenges.start(tx, { flow, proven, subject: name, mayMail });
    });
    if (challenge === undefined) throw new PlatformError('browser_required');
    return { challenge };
  }

  private async refuse(attempt: PasswordAttempt): Promise<void> {
    const { counted, account } = attempt;
    const { source } = counted;
    const subject = account && accountParty(account.id);
    const actor = source.kind === 'session' ? subject : undefined;
    const ended = await this.inTurn(attempt, async (tx) => {
      const { isLocked, isLast } = await this.lockout.fail(tx, counted);
      const failed: PlatformEvent = { type: 'sign_in.failed', outcome: 'failure', actor, subject };
      const lock: PlatformEvent = { type: 'sign_in.locked', actor, subject };
      await this.events.record(tx, failed, ...(isLocked ? [lock] : []));
      if (isLocked) await this.tell(tx, attempt);
      return isLast ? this.distrust(tx, source) : [];
    });
    if (ended.length > 0) await this.sessions.announceEnded(ended);
  }

  /** Tells the owner of an account that one of its pairs is locked. */
  private async tell(tx: DatabaseSession, { counted, account }: PasswordAttempt): Promise<void> {
    const isDue = await this.lockout.shouldTell(tx, counted);
    const to = usable(account)?.email;
    if (!isDue || !to) return;
    await this.outbox.put(tx, accountLockedMail({ to, forgotUrl: this.links.forgotUrl }));
  }

  /** Takes from the sender of too many failures what it was trusted with. @returns the ids of ended sessions */
  private async distrust(tx: DatabaseSession, source: AttemptSource): Promise<readonly string[]> {
    const because = 'too_many_failures';
    if (source.kind === 'device') {
      await this.devices.distrust(tx, source.accountId, source.deviceId, because);
    }
    if (source.kind !== 'session' || source.sessionId === undefined) return [];
    await this.sessions.endIn(tx, [source.sessionId], because);
    return [source.sessionId];
  }

  /** Runs a transaction in which attempts of one name wait for each other, with and without an account. */
  private inTurn<Result>(
    { counted, account }: PasswordAttempt,
    work: (tx: DatabaseSession) => Promise<Result>,
  ): Promise<Result> {
    const { source } = counted;
    const name = source.kind === 'network' ? nameKey(source.name) : (account?.id ?? '');
    return this.database.db.transaction(async (tx) => {
      await this.accounts.lockName(tx, name);
      return work(tx);
    });
  }
}

/** Returns undefined for an account that must not sign in. Its password is not verified. */
function usable(account: AccountRow | undefined): AccountRow | undefined {
  return account?.state === 'active' && account.emailVerifiedAt !== null ? account : undefined;
}

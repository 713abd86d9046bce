import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, gt, inArray, lt } from 'drizzle-orm';
import { type AccountRow, AccountsService } from '../accounts/accounts.service.js';
import type { Proof } from '../credentials/credential.js';
import { FactorPolicies } from '../credentials/factor-policies.js';
import { accountParty, type PlatformEvent } from '../events/catalogue.js';
import { Events } from '../events/events.service.js';
import { Clock } from '../operation/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../operation/crypto/opaque-tokens.js';
import { type DatabaseSession, PlatformDatabase } from '../operation/database/database.js';
import { PlatformError } from '../operation/http/errors.js';
import { PlatformMetrics } from '../operation/metrics/metrics.js';
import { PersonalData } from '../operation/personal-data/personal-data.js';
import { CLOCK_MARGIN, RetentionRules } from '../operation/retention/retention-rules.js';
import type { DeviceInfo } from '../operation/http/device.js';
import { currentRequest } from '../operation/http/request-facts.js';
import type { DeviceChannel } from '../sessions/devices/device-secrets.js';
import { DevicesService, type SignInDevice } from '../sessions/devices/devices.service.js';
import { RefreshTokensService, startApiSession } from '../sessions/refresh-tokens.service.js';
import { type SessionRow, SessionsService } from '../sessions/sessions.service.js';
import { signInResults } from './sign-in.table.js';

/** A session of the API, with its first refresh token. */
export interface ApiSession {
  readonly session: SessionRow;
  readonly refreshToken: string;
}

/** A browser that returns from a page on which a person signed in. */
export interface ReturningBrowser {
  /** The token that {@link SignInService.completeOnPage} returned. */
  readonly token: string;
  readonly interaction: string;
  readonly accountId: string;
}

/** Seconds in which a browser must return from the page. */
const RESULT_TTL = 60;

/**
 * Completes every sign-in. Each way to sign in ends here with its proofs. No other code starts a session,
 * changes its methods and its time of authentication, or makes a device known.
 */
@Injectable()
export class SignInService implements OnModuleInit {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly devices: DevicesService,
    private readonly factors: FactorPolicies,
    private readonly metrics: PlatformMetrics,
    private readonly clock: Clock,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
    private readonly events: Events,
  ) {}

  onModuleInit(): void {
    const { hash, accountId, expiresAt } = signInResults;
    this.retention.register({
      name: 'sign_in_results',
      table: signInResults,
      key: hash,
      expired: (before) => lt(expiresAt, before(CLOCK_MARGIN)),
    });
    this.personalData.register({
      forget: async (tx, accountIds) => {
        await tx.delete(signInResults).where(inArray(accountId, [...accountIds]));
      },
    });
  }

  /**
   * Starts a session of the API. The request and its answer have the secret of the device in a header.
   *
   * @throws {PlatformError} `factor_required` if the proofs are not enough for this account;
   * `invalid_credentials` if it was closed or a credential changed since it was proven
   */
  complete(account: AccountRow, proofs: readonly Proof[], device: DeviceInfo): Promise<ApiSession> {
    return this.metrics.countLogin(this.startWithTokens(account, proofs, device));
  }

  private async startWithTokens(
    account: AccountRow,
    proofs: readonly Proof[],
    device: DeviceInfo,
  ): Promise<ApiSession> {
    const summary = await this.judge(account, proofs);
    const { accountId, methods, authenticatedAt } = summary;
    return this.database.db.transaction(async (tx) => {
      const known = await this.enter(tx, summary, 'header');
      const start = { accountId, kind: 'api', methods, authenticatedAt, device } as const;
      const session = this.sessions.rowOf({ ...start, deviceId: known?.id });
      const { token: refreshToken, row } = this.refreshTokens.first(session);
      const { hash: tokenHash, expiresAt: tokenExpiresAt } = row;
      await startApiSession(tx).execute({ ...session, tokenHash, tokenExpiresAt });
      const events = [succeeded(summary), ...knownTo(accountId, known), startOf(session)];
      await this.events.record(tx, ...events);
      return { session, refreshToken };
    });
  }

  /**
   * Starts a session of the API whose tokens another room issues.
   *
   * @param channel the place of the secret, if the device itself sent the request
   * @throws {PlatformError} as {@link complete}
   */
  completeWithoutTokens(
    account: AccountRow,
    proofs: readonly Proof[],
    device: DeviceInfo,
    channel?: DeviceChannel,
  ): Promise<SessionRow> {
    return this.metrics.countLogin(this.startWithoutTokens(account, proofs, device, channel));
  }

  private async startWithoutTokens(
    account: AccountRow,
    proofs: readonly Proof[],
    device: DeviceInfo,
    channel: DeviceChannel | undefined,
  ): Promise<SessionRow> {
    const summary = await this.judge(account, proofs);
    const { accountId, methods, authenticatedAt } = summary;
    return this.database.db.transaction(async (tx) => {
      const known = await this.enter(tx, summary, channel);
      const start = { accountId, kind: 'api', methods, authenticatedAt, device } as const;
      const session = await this.sessions.start(tx, { ...start, deviceId: known?.id });
      const events = [succeeded(summary), ...knownTo(accountId, known), startOf(session)];
      await this.events.record(tx, ...events);
      return session;
    });
  }

  /**
   * Completes a sign-in on a page. The session starts when the browser comes back: see
   * {@link startInBrowser}.
   *
   * @returns a token that works once, for a minute
   * @throws {PlatformError} `factor_required` if the proofs are not enough for this account
   */
  async completeOnPage(
    interaction: string,
    account: AccountRow,
    proofs: readonly Proof[],
  ): Promise<string> {
    const proven = await this.metrics.countFailure(this.judge(account, proofs));
    const token = newOpaqueToken('psr');
    const expiresAt = new Date(this.clock.now().getTime() + RESULT_TTL * 1000);
    const hash = hashOpaqueToken(token);
    const request = currentRequest();
    if (request !== undefined) await this.devices.recognise(request, 'cookie');
    await this.database.db.transaction(async (tx) => {
      await tx.insert(signInResults).values({ hash, interaction, ...proven, expiresAt });
      await this.events.record(tx, succeeded(proven));
    });
    return token;
  }

  /**
   * Starts the session of a browser, in the transaction that keeps it. The browser keeps the secret of the
   * device in a cookie.
   *
   * @throws {PlatformError} `invalid_credentials` if the token is not valid, or as {@link complete}
   */
  async startInBrowser(
    tx: DatabaseSession,
    browser: ReturningBrowser,
    session: { readonly id: string; readonly device: DeviceInfo },
  ): Promise<void> {
    const { result, known } = await this.metrics.countLogin(this.redeem(tx, browser));
    const { accountId, methods, authenticatedAt } = result;
    const start = { accountId, kind: 'browser', methods, authenticatedAt, ...session } as const;
    const started = await this.sessions.start(tx, { ...start, deviceId: known?.id });
    await this.events.record(tx, ...knownTo(accountId, known), startOf(started));
  }

  /**
   * Records that a person signed in again in the session of a browser.
   *
   * @throws {PlatformError} as {@link startInBrowser}
   */
  async reauthenticateInBrowser(
    tx: DatabaseSession,
    browser: ReturningBrowser,
    sessionId: string,
  ): Promise<void> {
    const { result, known } = await this.metrics.countLogin(this.redeem(tx, browser));
    const { accountId, methods, authenticatedAt } = result;
    const login = { methods, authenticatedAt, deviceId: known?.id };
    await this.sessions.reauthenticate(tx, sessionId, login);
    await this.events.record(tx, ...knownTo(accountId, known));
  }

  /** Sums up the proofs of an account, once they meet all policies. */
  private async judge(account: AccountRow, proofs: readonly Proof[]) {
    const summary = summaryOf(proofs);
    await this.factors.require(account, proofs);
    return { accountId: account.id, ...summary };
  }

  /** Uses up the result of a page. Of several parallel uses, one succeeds. */
  private async redeem(tx: DatabaseSession, { token, interaction, accountId }: ReturningBrowser) {
    const [result] = await tx
      .delete(signInResults)
      .where(
        and(
          eq(signInResults.hash, hashOpaqueToken(token)),
          eq(signInResults.interaction, interaction),
          eq(signInResults.accountId, accountId),
          gt(signInResults.expiresAt, this.clock.now()),
        ),
      )
      .returning();
    if (result === undefined) throw new PlatformError('invalid_credentials');
    return { result, known: await this.enter(tx, result, 'cookie') };
  }

  /**
   * Locks an account that has not changed since it was proven, and makes the device of the request known to
   * it. Undefined if the device did not send the request itself.
   */
  private async enter(
    tx: DatabaseSession,
    { accountId: id, securityVersion }: ProvenSignIn,
    channel: DeviceChannel | undefined,
  ): Promise<SignInDevice | undefined> {
    const request = currentRequest();
    if (request !== undefined && channel !== undefined) {
      return this.devices.know(tx, { id, securityVersion }, request, channel);
    }
    await this.accounts.lockUnchanged(tx, { id, securityVersion });
    return undefined;
  }
}

/** An account, as the proofs of a sign-in name it. */
interface ProvenSignIn {
  readonly accountId: string;
  readonly securityVersion: number;
}

/** The event of a device that its account did not know. */
function knownTo(accountId: string, device: SignInDevice | undefined): readonly PlatformEvent[] {
  if (device === undefined || !device.isNew) return [];
  const subject = accountParty(accountId);
  return [{ type: 'device.known', actor: subject, subject, ids: { device: device.id } }];
}

/** The event of a sign-in whose proofs are enough. */
function succeeded({
  accountId,
  methods,
}: {
  readonly accountId: string;
  readonly methods: readonly string[];
}): PlatformEvent {
  const subject = accountParty(accountId);
  return { type: 'sign_in.succeeded', actor: subject, subject, details: { methods } };
}

/** The event of a session that starts. */
function startOf({ id, accountId, kind }: SessionRow): PlatformEvent {
  const subject = accountParty(accountId);
  return {
    type: 'session.started',
    actor: subject,
    subject,
    ids: { session: id },
    details: { kind },
  };
}

/** Combines proofs: their methods, the time of the last one, and their common security version. */
function summaryOf(proofs: readonly Proof[]) {
  const [first, ...others] = proofs;
  if (first === undefined) throw new PlatformError('invalid_credentials');
  const { securityVersion } = first;
  if (others.some((proof) => proof.securityVersion !== securityVersion)) {
    throw new PlatformError('invalid_credentials');
  }
  const latest = Math.max(...proofs.map(({ at }) => at.getTime()));
  return {
    methods: [...new Set<string>(proofs.map(({ method }) => method))],
    authenticatedAt: new Date(latest),
    securityVersion,
  };
}

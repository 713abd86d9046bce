import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, gt, inArray, lt } from 'drizzle-orm';
import { type AccountRow, AccountsService } from '../accounts/accounts.service.js';
import type { Proof } from '../credentials/credential.js';
import { FactorPolicies } from '../credentials/factor-policies.js';
import { accountParty, type PlatformEvent } from '../events/catalogue.js';
import { Events } from '../events/events.service.js';
import { Clock } from '../operation/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../operation/crypto/sealer.js';
import { type DatabaseSession, PlatformDatabase } from '../operation/database/database.js';
import { PlatformError } from '../operation/http/errors.js';
import { PersonalData } from '../operation/personal-data/personal-data.js';
import { CLOCK_MARGIN, RetentionRules } from '../operation/retention/retention-rules.js';
import type { DeviceInfo } from '../operation/http/device.js';
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
 * Completes every sign-in. Each way to sign in ends here with its proofs. No other code starts a session or
 * changes its methods and its time of authentication.
 */
@Injectable()
export class SignInService implements OnModuleInit {
  readonly #start: ReturnType<typeof startApiSession>;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly factors: FactorPolicies,
    private readonly clock: Clock,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
    private readonly events: Events,
  ) {
    this.#start = startApiSession(database.db);
  }

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
   * Starts a session of the API.
   *
   * @throws {PlatformError} `factor_required` if the proofs are not enough for this account;
   * `invalid_credentials` if it was closed or a credential changed since it was proven
   */
  async complete(
    account: AccountRow,
    proofs: readonly Proof[],
    device: DeviceInfo,
  ): Promise<ApiSession> {
    const summary = await this.judge(account, proofs);
    const { accountId, methods, authenticatedAt, securityVersion } = summary;
    const session = this.sessions.rowOf({
      accountId,
      kind: 'api',
      methods,
      authenticatedAt,
      device,
    });
    const { token: refreshToken, row } = this.refreshTokens.first(session);
    const { hash: tokenHash, expiresAt: tokenExpiresAt } = row;
    const { rows: events, committed } = await this.events.prepare(
      succeeded(summary),
      startOf(session),
    );
    // One statement checks the account, and writes both rows and the events.
    const started = await this.#start.execute({
      ...session,
      securityVersion,
      tokenHash,
      tokenExpiresAt,
      events,
    });
    if (started.length === 0) throw new PlatformError('invalid_credentials');
    committed();
    return { session, refreshToken };
  }

  /**
   * Starts a session of the API whose tokens another room issues.
   *
   * @throws {PlatformError} as {@link complete}
   */
  async completeWithoutTokens(
    account: AccountRow,
    proofs: readonly Proof[],
    device: DeviceInfo,
  ): Promise<SessionRow> {
    const summary = await this.judge(account, proofs);
    const { accountId, methods, authenticatedAt, securityVersion } = summary;
    return this.database.db.transaction(async (tx) => {
      await this.accounts.lockUnchanged(tx, { id: accountId, securityVersion });
      const start = { accountId, kind: 'api', methods, authenticatedAt, device } as const;
      const session = await this.sessions.start(tx, start);
      await this.events.record(tx, succeeded(summary), startOf(session));
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
    const proven = await this.judge(account, proofs);
    const token = newOpaqueToken('psr');
    const expiresAt = new Date(this.clock.now().getTime() + RESULT_TTL * 1000);
    const hash = hashOpaqueToken(token);
    await this.database.db.transaction(async (tx) => {
      await tx.insert(signInResults).values({ hash, interaction, ...proven, expiresAt });
      await this.events.record(tx, succeeded(proven));
    });
    return token;
  }

  /**
   * Starts the session of a browser, in the transaction that keeps it.
   *
   * @throws {PlatformError} `invalid_credentials` if the token is not valid, or as {@link complete}
   */
  async startInBrowser(
    tx: DatabaseSession,
    browser: ReturningBrowser,
    session: { readonly id: string; readonly device: DeviceInfo },
  ): Promise<void> {
    const { accountId, methods, authenticatedAt } = await this.redeem(tx, browser);
    const start = { accountId, kind: 'browser', methods, authenticatedAt, ...session } as const;
    await this.events.record(tx, startOf(await this.sessions.start(tx, start)));
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
    const { methods, authenticatedAt } = await this.redeem(tx, browser);
    await this.sessions.reauthenticate(tx, sessionId, { methods, authenticatedAt });
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
    const { securityVersion } = result;
    await this.accounts.lockUnchanged(tx, { id: accountId, securityVersion });
    return result;
  }
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

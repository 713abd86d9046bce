import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, eq, gt, isNull, sql, type SQL } from 'drizzle-orm';
import { accountParty } from '../events/catalogue.js';
import { eventQueries } from '../events/event-statements.js';
import { Events } from '../events/events.service.js';
import { Clock } from '../operation/clock.js';
import { hashOpaqueToken, newOpaqueToken, Sealer } from '../operation/crypto/sealer.js';
import { type DatabaseSession, PlatformDatabase } from '../operation/database/database.js';
import type { AccountRow } from '../accounts/accounts.service.js';
import { activeAccounts, selectUnchanged } from '../accounts/accounts.statements.js';
import {
  type RefreshTokenRow,
  refreshTokens,
  type SessionRow,
  sessions as sessionRows,
} from './sessions.table.js';
import { PlatformError } from '../operation/http/errors.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import type { DeviceInfo } from '../operation/http/device.js';
import { SessionsService } from './sessions.service.js';

/** The result of exchanging a refresh token. */
interface Exchange {
  readonly account: AccountRow;
  readonly session: SessionRow;
  /** The next refresh token. */
  readonly refreshToken: string;
}

interface ExchangeRequest {
  readonly token: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly device: DeviceInfo;
}

/**
 * Refresh tokens. Each can be exchanged once (RFC 9700, section 4.14.2).
 *
 * The successor of a token is derived from it with a key. A token that is repeated within the grace period
 * therefore gets the same successor: two tabs refreshed, or an answer was lost. A token that is repeated later,
 * or after its successor was used, was stolen, so its session ends.
 */
@Injectable()
export class RefreshTokensService {
  readonly #findLive: ReturnType<RefreshTokensService['prepareFindLive']>;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly sessions: SessionsService,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
    private readonly events: Events,
  ) {
    this.#findLive = this.prepareFindLive();
  }

  /** Creates the first token of a session and its row, without writing the row. */
  first(session: SessionRow): { readonly token: string; readonly row: RefreshTokenRow } {
    const token = newOpaqueToken('prt');
    return { token, row: this.rowOf(session, token) };
  }

  /** @throws {PlatformError} `refresh_token_invalid` */
  async exchange(token: string, device: DeviceInfo): Promise<Exchange> {
    const known = await this.findLive(token);
    if (known === undefined) throw new PlatformError('refresh_token_invalid');
    const { row, session, account } = known;
    const refreshToken = this.successorOf(token);
    // A repetition within the grace period does not wait for a lock.
    if (await this.isRepeat(this.database.db, row, refreshToken)) {
      return { account, session, refreshToken };
    }
    const exchanged = await this.database.db.transaction((tx) =>
      this.exchangeIn(tx, { token, refreshToken, sessionId: session.id, device }),
    );
    if (exchanged !== undefined) return { account, session: exchanged, refreshToken };
    await this.sessions.announceEnded([session.id]);
    throw new PlatformError('refresh_token_invalid');
  }

  /** Finds the session of a token, used or not. */
  async sessionOf(token: string): Promise<string | undefined> {
    const row = await this.find(this.database.db, token);
    return row?.sessionId;
  }

  /** Exchanges a token. Undefined if the token was stolen, and the session has been ended for that. */
  private async exchangeIn(
    tx: DatabaseSession,
    { token, refreshToken, sessionId, device }: ExchangeRequest,
  ): Promise<SessionRow | undefined> {
    const session = await this.sessions.touch(tx, sessionId, device);
    if (session === undefined) throw new PlatformError('refresh_token_invalid');
    if (await this.use(tx, token)) {
      await tx.insert(refreshTokens).values(this.rowOf(session, refreshToken));
      return session;
    }
    const row = await this.find(tx, token);
    // The token has expired without being used.
    if (row === undefined || row.usedAt === null) throw new PlatformError('refresh_token_invalid');
    if (await this.isRepeat(tx, row, refreshToken)) return session;
    const subject = accountParty(session.accountId);
    const ids = { session: sessionId };
    await this.events.record(tx, { type: 'session.refreshed_reuse', subject, ids });
    await this.sessions.endIn(tx, [sessionId], 'refresh_token_reused');
    return undefined;
  }

  /** Uses a token up. False if it was used before or has expired. */
  private async use(tx: DatabaseSession, token: string): Promise<boolean> {
    const used = await tx
      .update(refreshTokens)
      .set({ usedAt: this.clock.now() })
      .where(this.unused(token))
      .returning({ hash: refreshTokens.hash });
    return used.length === 1;
  }

  /** Tells if a token was used within the grace period and its successor was not used yet. */
  private async isRepeat(
    db: DatabaseSession,
    { usedAt }: RefreshTokenRow,
    successor: string,
  ): Promise<boolean> {
    if (usedAt === null) return false;
    const age = this.clock.now().getTime() - usedAt.getTime();
    if (age >= this.settings.refreshGrace * 1000) return false;
    return (await db.$count(refreshTokens, this.unused(successor))) === 1;
  }

  private unused(token: string) {
    return and(
      eq(refreshTokens.hash, hashOpaqueToken(token)),
      isNull(refreshTokens.usedAt),
      gt(refreshTokens.expiresAt, this.clock.now()),
    );
  }

  private successorOf(token: string): string {
    const key = this.sealer.keyFor('refresh-tokens');
    return `prt_${createHmac('sha256', key).update(token).digest('base64url')}`;
  }

  private rowOf(session: SessionRow, token: string): RefreshTokenRow {
    const createdAt = this.clock.now();
    const latest = createdAt.getTime() + this.settings.refreshTokenTtl * 1000;
    const expiresAt = new Date(Math.min(latest, session.expiresAt.getTime()));
    const hash = hashOpaqueToken(token);
    return { hash, sessionId: session.id, createdAt, expiresAt, usedAt: null };
  }

  private async find(db: DatabaseSession, token: string): Promise<RefreshTokenRow | undefined> {
    const hash = hashOpaqueToken(token);
    const [row] = await db.select().from(refreshTokens).where(eq(refreshTokens.hash, hash));
    return row;
  }

  /** Finds a token with its session and account if both are live. */
  private async findLive(token: string) {
    const [known] = await this.#findLive.execute({
      hash: hashOpaqueToken(token),
      now: this.clock.now(),
    });
    return known;
  }

  private prepareFindLive() {
    const { db } = this.database;
    const account = activeAccounts(db);
    return db
      .select({ row: refreshTokens, session: sessionRows, account: account._.selectedFields })
      .from(refreshTokens)
      .innerJoin(sessionRows, eq(sessionRows.id, refreshTokens.sessionId))
      .innerJoin(account, eq(account.id, sessionRows.accountId))
      .where(
        and(
          eq(refreshTokens.hash, sql.placeholder('hash')),
          isNull(sessionRows.endedAt),
          gt(sessionRows.expiresAt, sql.placeholder('now')),
        ),
      )
      .prepare('live_refresh_token');
  }
}

const { placeholder } = sql;

/**
 * Prepares the statement that starts a session with its first refresh token. Takes the members of a
 * `SessionRow`, the `securityVersion` that was proven, `tokenHash` and `tokenExpiresAt`, and the rows of the
 * `events`. Returns no row, and writes none, if the account has changed since.
 */
export function startApiSession(db: DatabaseSession) {
  const account = {
    id: placeholder('accountId'),
    securityVersion: placeholder('securityVersion'),
  };
  const held = db.$with('held').as(selectUnchanged(db, account));
  const started = db.$with('started').as(
    db
      .insert(sessionRows)
      .select((query) =>
        query
          .select({
            id: text('id'),
            accountId: sql<string>`${held.id}`.as('account_id'),
            kind: text('kind'),
            authenticatedAt: moment('authenticatedAt'),
            methods: sql`${placeholder('methods')}::text[]`.as('methods'),
            createdAt: moment('createdAt'),
            lastUsedAt: moment('lastUsedAt'),
            expiresAt: moment('expiresAt'),
            endedAt: moment('endedAt'),
            endedBecause: text('endedBecause'),
            device: text('device'),
            address: text('address'),
          })
          .from(held),
      )
      .returning({ id: sessionRows.id }),
  );
  return db
    .with(
      held,
      started,
      ...eventQueries(db, sql`${placeholder('events')}`, sql`exists (select from started)`),
    )
    .insert(refreshTokens)
    .select((query) =>
      query
        .select({
          hash: text('tokenHash'),
          sessionId: sql`${started.id}`.as('session_id'),
          createdAt: moment('createdAt'),
          expiresAt: moment('tokenExpiresAt'),
          usedAt: sql`null::timestamptz`.as('used_at'),
        })
        .from(started),
    )
    .returning({ hash: refreshTokens.hash })
    .prepare('start_api_session');
}

function text(name: string): SQL.Aliased {
  return sql`${placeholder(name)}::text`.as(name);
}

function moment(name: string): SQL.Aliased {
  return sql`${placeholder(name)}::timestamptz`.as(name);
}

import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  and,
  type AnyColumn,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNull,
  lt,
  ne,
  or,
  type Placeholder,
  type SQL,
  sql,
} from 'drizzle-orm';
import { accountParty } from '../events/catalogue.js';
import { Events } from '../events/events.service.js';
import { Clock } from '../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../operation/database/database.js';
import {
  refreshTokens,
  type SessionEnd,
  type SessionKind,
  type SessionRow,
  sessions,
} from './sessions.table.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import type { DeviceInfo } from '../operation/http/device.js';
import { PersonalData } from '../operation/personal-data/personal-data.js';
import { CLOCK_MARGIN, RetentionRules } from '../operation/retention/retention-rules.js';
import { RevocationAnnouncer } from './revocations.js';
import { SessionEnded } from './session-ended.js';

export { type SessionEnd, type SessionRow };

/** The start of a session. */
export interface SessionStart {
  readonly accountId: string;
  readonly kind: SessionKind;
  /** RFC 8176. */
  readonly methods: readonly string[];
  readonly device: DeviceInfo;
  /** The id of the device that is known by its secret. */
  readonly deviceId?: string | undefined;
  /** Now by default. */
  readonly authenticatedAt?: Date;
  /** A random id by default. */
  readonly id?: string;
  /** `SESSION_TTL` from now by default. */
  readonly expiresAt?: Date;
}

/** Options of {@link SessionsService.endAll}. */
export interface EndAllOptions {
  /** The session that does not end. */
  readonly except?: string | undefined;
  /** The id of the device whose sessions end. All devices by default. */
  readonly device?: string | undefined;
  /** The transaction to take part in. Call {@link SessionsService.announceEnded} after its commit. */
  readonly session?: DatabaseSession | undefined;
}

/** The format of ids. PostgreSQL fails on a text with NUL. */
const ID = /^[\w-]{1,128}$/;
/** Seconds after which all tokens of a session have expired: a day and a margin. */
const KEPT_AFTER_END = 24 * 60 * 60 + CLOCK_MARGIN;
/** Seconds within which a client repeats a request whose announcement failed. */
const RETRIED_WITHIN = 120;

/** The sessions of all accounts. */
@Injectable()
export class SessionsService implements OnModuleInit {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly announcer: RevocationAnnouncer,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
    private readonly ended: SessionEnded,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
    private readonly events: Events,
  ) {}

  onModuleInit(): void {
    this.retention.register({
      name: 'refresh_tokens',
      table: refreshTokens,
      key: refreshTokens.hash,
      expired: (before) => lt(refreshTokens.expiresAt, before(CLOCK_MARGIN)),
    });
    this.retention.register({
      name: 'sessions',
      table: sessions,
      key: sessions.id,
      expired: (before) =>
        or(
          lt(sessions.endedAt, before(KEPT_AFTER_END)),
          lt(sessions.expiresAt, before(KEPT_AFTER_END)),
        ),
    });
    this.personalData.register({
      forget: async (tx, accountIds) => {
        await tx
          .update(sessions)
          .set({ device: '', address: '', deviceId: null })
          .where(inArray(sessions.accountId, [...accountIds]));
      },
    });
  }

  /** Starts a session in the transaction in which the caller checked that the account may log in. */
  async start(session: DatabaseSession, start: SessionStart): Promise<SessionRow> {
    const row = this.rowOf(start);
    await session.insert(sessions).values(row);
    return row;
  }

  /** Builds the row of a session without writing it. */
  rowOf(start: SessionStart): SessionRow {
    const now = this.clock.now();
    return {
      id: start.id ?? randomBytes(24).toString('base64url'),
      accountId: start.accountId,
      kind: start.kind,
      methods: [...start.methods],
      authenticatedAt: start.authenticatedAt ?? now,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: start.expiresAt ?? new Date(now.getTime() + this.settings.sessionTtl * 1000),
      endedAt: null,
      endedBecause: null,
      ...start.device,
      deviceId: start.deviceId ?? null,
    };
  }

  /** Records a use, and locks the row until the transaction ends. Undefined if the session has ended. */
  async touch(
    session: DatabaseSession,
    id: string,
    device: DeviceInfo,
  ): Promise<SessionRow | undefined> {
    const now = this.clock.now();
    const [row] = await session
      .update(sessions)
      .set({ lastUsedAt: now, ...device })
      .where(and(eq(sessions.id, id), this.live(now)))
      .returning();
    return row;
  }

  /** Records a later sign-in of the same session: its time, methods and device. */
  async reauthenticate(
    tx: DatabaseSession,
    id: string,
    login: Pick<SessionRow, 'authenticatedAt' | 'methods'> & Pick<SessionStart, 'deviceId'>,
  ): Promise<void> {
    await tx.update(sessions).set(login).where(eq(sessions.id, id));
  }

  /** Lists the live sessions of an account, the last used first. */
  async list(accountId: string): Promise<readonly SessionRow[]> {
    return this.database.db
      .select()
      .from(sessions)
      .where(and(eq(sessions.accountId, accountId), this.live(this.clock.now())))
      .orderBy(desc(sessions.lastUsedAt));
  }

  /** Finds a session in any state until its row is removed. */
  async find(id: string): Promise<SessionRow | undefined> {
    if (!ID.test(id)) return undefined;
    const [row] = await this.database.db.select().from(sessions).where(eq(sessions.id, id));
    return row;
  }

  /**
   * Ends sessions and everything that was issued for them. Sessions that ended before are announced again.
   *
   * @throws {PatronusError} `provider_unavailable` if other instances cannot be informed yet. The sessions
   * have ended nevertheless, and the announcement is retried
   */
  async end(ids: readonly string[], because: SessionEnd): Promise<void> {
    await this.database.db.transaction((tx) => this.endIn(tx, ids, because));
    await this.announceEnded(ids);
  }

  /** Ends sessions in the transaction of the caller. Call {@link announceEnded} after its commit. */
  async endIn(
    session: DatabaseSession,
    ids: readonly string[],
    because: SessionEnd,
  ): Promise<void> {
    if (ids.length === 0) return;
    await this.close(session, inArray(sessions.id, [...ids]), because);
    await this.ended.notify(session, ids);
  }

  /**
   * Ends the live sessions of an account. Without a transaction, it announces those that ended a moment ago
   * again, because a client that got a 503 repeats its request.
   *
   * @returns the ids of the sessions that ended now
   * @throws {PatronusError} as {@link end}, if no transaction is given
   */
  async endAll(
    accountId: string,
    because: SessionEnd,
    { session, ...which }: EndAllOptions = {},
  ): Promise<readonly string[]> {
    if (session !== undefined) return this.endAllIn(session, accountId, because, which);
    const ids = await this.database.db.transaction((tx) =>
      this.endAllIn(tx, accountId, because, which),
    );
    await this.announceEnded(await this.justEnded(accountId));
    return ids;
  }

  /** @throws {PatronusError} as {@link end} */
  async announceEnded(ids: readonly string[]): Promise<void> {
    await this.announcer.announce(ids.map((session) => ({ session })));
  }

  private async justEnded(accountId: string): Promise<readonly string[]> {
    const since = new Date(this.clock.now().getTime() - RETRIED_WITHIN * 1000);
    const rows = await this.database.db
      .select({ id: sessions.id })
      .from(sessions)
      .where(and(eq(sessions.accountId, accountId), gte(sessions.endedAt, since)));
    return rows.map(({ id }) => id);
  }

  private async endAllIn(
    session: DatabaseSession,
    accountId: string,
    because: SessionEnd,
    { except, device }: EndAllOptions,
  ): Promise<readonly string[]> {
    const others = except === undefined ? undefined : ne(sessions.id, except);
    const onDevice = device === undefined ? undefined : eq(sessions.deviceId, device);
    const which = and(eq(sessions.accountId, accountId), others, onDevice);
    const ids = await this.close(session, which, because);
    await this.ended.notify(session, ids);
    return ids;
  }

  /** Ends the rows that meet a condition and have not ended. @returns their ids */
  private async close(
    tx: DatabaseSession,
    which: SQL | undefined,
    because: SessionEnd,
  ): Promise<readonly string[]> {
    const closed = await tx
      .update(sessions)
      .set({ endedAt: this.clock.now(), endedBecause: because })
      .where(and(which, isNull(sessions.endedAt)))
      .returning({ session: sessions.id, accountId: sessions.accountId });
    const events = closed.map(({ session, accountId }) => {
      const subject = accountParty(accountId);
      // It is not known if the owner or a thief has used the token again; an administrator takes roles.
      const isByOwner = because !== 'refresh_token_reused' && because !== 'role_removed';
      const actor = isByOwner ? subject : undefined;
      const by = { actor, subject };
      return { type: 'session.ended', ...by, ids: { session }, details: { because } } as const;
    });
    await this.events.record(tx, ...events);
    return closed.map(({ session }) => session);
  }

  private live(now: Date) {
    return and(isNull(sessions.endedAt), gt(sessions.expiresAt, now));
  }
}

/** The condition that a column of another table names a session that was not ended. */
export function isOpenSession(db: DatabaseSession, id: AnyColumn): SQL {
  return ofSession(db, id, sql`${isNull(sessions.endedAt)}`);
}

/** The condition that a column of another table names a session that neither ended nor expired. */
export function isLiveSession(db: DatabaseSession, id: AnyColumn, now: Date | Placeholder): SQL {
  return ofSession(db, id, sql`${isNull(sessions.endedAt)} and ${gt(sessions.expiresAt, now)}`);
}

/**
 * A condition on the session that a column names. Null if there is none.
 *
 * It is not an `exists`: a plan that PostgreSQL makes for that while the table is empty reads every session, and
 * a connection keeps it.
 */
function ofSession(db: DatabaseSession, id: AnyColumn, condition: SQL): SQL {
  return sql`(${db
    .select({ holds: sql`(${condition})` })
    .from(sessions)
    .where(eq(sessions.id, id))})`;
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, asc, eq, inArray, isNull, lt, lte, sql } from 'drizzle-orm';
import { Clock } from '../../operation/clock.js';
import { afterCommit } from '../../operation/database/commit-hooks.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { PersonalData } from '../../operation/personal-data/personal-data.js';
import { RetentionRules } from '../../operation/retention/retention-rules.js';
import { ClientsService } from '../clients/clients.service.js';
import { logoutNotices } from './logout-notices.table.js';

/** A session of a browser, as oidc-provider stored it. */
interface EndedSession {
  readonly accountId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A client that took part in a session. */
export interface LogoutOfClient {
  readonly clientId: string;
  readonly accountId: string;
  readonly sid: string;
}

/** A notice that one instance delivers. */
export interface ClaimedNotice extends LogoutOfClient {
  readonly id: string;
  /** The number of attempts, including the current one. */
  readonly attempts: number;
}

/** Seconds after which a notice whose instance vanished is claimed by another one. */
const LEASE = 60;
/** Seconds until the next attempt, by the number of failures. Together they are three days. */
const RETRIES = [10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400, 98_630];
/** Seconds for which a notice that could not be delivered is kept. */
const KEPT = 30 * 24 * 60 * 60;

/**
 * The notices of back-channel logout (OpenID Connect Back-Channel Logout 1.0). They are written in the
 * transaction that ends the session, so that none is lost, and none is sent for a session that goes on.
 */
@Injectable()
export class LogoutNotices implements OnModuleInit {
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly clients: ClientsService,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    const { id, nextAttemptAt, createdAt, accountId } = logoutNotices;
    this.retention.register({
      name: 'logout_notices',
      table: logoutNotices,
      key: id,
      expired: (before) => and(isNull(nextAttemptAt), lt(createdAt, before(KEPT))),
    });
    this.personalData.register({
      forget: async (tx, accountIds) => {
        await tx.delete(logoutNotices).where(inArray(accountId, [...accountIds]));
      },
    });
  }

  /** Calls `listener` after notices were committed on this instance. */
  onWritten(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Writes the notices of ended sessions, in the transaction that ends them. */
  async writeFor(tx: DatabaseSession, ended: readonly EndedSession[]): Promise<void> {
    await this.write(tx, ended.flatMap(clientsOf));
  }

  /** Writes notices for those clients that want them. */
  async write(tx: DatabaseSession, logouts: readonly LogoutOfClient[]): Promise<void> {
    if (logouts.length === 0) return;
    const ids = [...new Set(logouts.map(({ clientId }) => clientId))];
    const wanting = new Set(await this.clients.toldOfLogouts(tx, ids));
    const now = this.clock.now();
    const rows = logouts
      .filter(({ clientId }) => wanting.has(clientId))
      .map((logout) => ({ ...logout, createdAt: now, nextAttemptAt: now }));
    if (rows.length === 0) return;
    await tx.insert(logoutNotices).values(rows).onConflictDoNothing();
    afterCommit(tx, () => {
      for (const listener of this.#listeners) listener();
    });
  }

  /** Claims notices that are due, up to a number. */
  async claim(count: number): Promise<readonly ClaimedNotice[]> {
    const now = this.clock.now();
    const { id, nextAttemptAt, clientId, accountId, sid, attempts } = logoutNotices;
    const { db } = this.database;
    const due = db
      .select({ id })
      .from(logoutNotices)
      .where(lte(nextAttemptAt, now))
      .orderBy(asc(nextAttemptAt))
      .limit(count)
      .for('update', { skipLocked: true });
    return db
      .update(logoutNotices)
      .set({
        attempts: sql`${attempts} + 1`,
        nextAttemptAt: new Date(now.getTime() + LEASE * 1000),
      })
      .where(inArray(id, due))
      .returning({ id, clientId, accountId, sid, attempts });
  }

  /** Deletes a notice that was delivered, or whose client wants none any more. */
  async forget({ id }: ClaimedNotice): Promise<void> {
    await this.database.db.delete(logoutNotices).where(eq(logoutNotices.id, id));
  }

  /** Schedules the next attempt. Undefined if the client is not told. */
  async postpone({ id, attempts }: ClaimedNotice, lastError: string): Promise<Date | undefined> {
    const wait = RETRIES[attempts - 1];
    const next =
      wait === undefined ? undefined : new Date(this.clock.now().getTime() + wait * 1000);
    await this.database.db
      .update(logoutNotices)
      .set({ nextAttemptAt: next ?? null, lastError })
      .where(eq(logoutNotices.id, id));
    return next;
  }
}

/** Returns the clients of a session (`authorizations` of oidc-provider) with their `sid`. */
function clientsOf({ accountId, payload }: EndedSession): readonly LogoutOfClient[] {
  const { authorizations } = payload;
  if (accountId === null || typeof authorizations !== 'object' || authorizations === null) {
    return [];
  }
  return Object.entries(authorizations).flatMap(([clientId, authorization]: [string, unknown]) => {
    if (typeof authorization !== 'object' || authorization === null) return [];
    const sid: unknown = Reflect.get(authorization, 'sid');
    return typeof sid === 'string' ? [{ clientId, accountId, sid }] : [];
  });
}

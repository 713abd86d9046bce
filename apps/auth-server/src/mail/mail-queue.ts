import { Injectable } from '@nestjs/common';
import { and, count as rowCount, desc, eq, inArray, isNotNull, lte } from 'drizzle-orm';
import { z } from 'zod';
import { Clock } from '../clock/clock.js';
import { PlatformDatabase } from '../database/platform-database.js';
import { mails } from '../database/schema/index.js';
import { Sealer } from '../sealing/sealer.js';
import type { Mail } from './mail.js';

const MAIL = z.object({ to: z.string(), subject: z.string(), text: z.string() });

/** A mail that one sender has claimed. */
export interface ClaimedMail extends Mail {
  readonly id: string;
  /** This one included. */
  readonly attempts: number;
}

/** A mail that is kept. */
export interface KeptMail extends Mail {
  readonly id: string;
  readonly at: Date;
}

/** Seconds after which a mail whose sender vanished is claimed by another one. */
const LEASE = 120;
/** How many mails are shown at most. */
const SHOWN = 100;
/** Seconds until the next attempt, after the first failure, the second, and so on; then none. */
const RETRIES = [30, 120, 600, 1800, 7200, 21_600, 43_200];

/** The mails that wait. Each is claimed by one sender at a time, on whichever instance. */
@Injectable()
export class MailQueue {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
  ) {}

  /** The mails that are due, oldest first. */
  async claim(count: number): Promise<readonly ClaimedMail[]> {
    const now = this.clock.now();
    return this.database.db.transaction(async (tx) => {
      const due = await tx
        .select()
        .from(mails)
        .where(and(isNotNull(mails.nextAttemptAt), lte(mails.nextAttemptAt, now)))
        .orderBy(mails.nextAttemptAt)
        .limit(count)
        .for('update', { skipLocked: true });
      if (due.length === 0) return [];
      const ids = due.map(({ id }) => id);
      const nextAttemptAt = new Date(now.getTime() + LEASE * 1000);
      await tx.update(mails).set({ nextAttemptAt }).where(inArray(mails.id, ids));
      return due.map(({ id, sealed, attempts }) => ({
        ...this.open(id, sealed),
        id,
        attempts: attempts + 1,
      }));
    });
  }

  /** It was sent: nothing of it is kept. */
  async forget({ id }: ClaimedMail): Promise<void> {
    await this.database.db.delete(mails).where(eq(mails.id, id));
  }

  /** It was not sent. Says when it is tried again; undefined: never. */
  async postpone({ id, attempts }: ClaimedMail, reason: string): Promise<Date | undefined> {
    const wait = RETRIES[attempts - 1];
    const at = wait === undefined ? undefined : this.clock.now().getTime() + wait * 1000;
    const nextAttemptAt = at === undefined ? null : new Date(at);
    const changes = { attempts, nextAttemptAt, lastError: reason };
    await this.database.db.update(mails).set(changes).where(eq(mails.id, id));
    return nextAttemptAt ?? undefined;
  }

  /** The last hundred, newest first. */
  async kept(): Promise<readonly KeptMail[]> {
    const rows = await this.database.db
      .select()
      .from(mails)
      .orderBy(desc(mails.createdAt))
      .limit(SHOWN);
    return rows.map(({ id, sealed, createdAt }) => ({
      ...this.open(id, sealed),
      id,
      at: createdAt,
    }));
  }

  /** How many are still to be sent. */
  async waiting(): Promise<number> {
    const [row] = await this.database.db
      .select({ waiting: rowCount() })
      .from(mails)
      .where(isNotNull(mails.nextAttemptAt));
    return row?.waiting ?? 0;
  }

  private open(id: string, sealed: string): Mail {
    return MAIL.parse(JSON.parse(this.sealer.open('mails', id, sealed)));
  }
}

import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import {
  and,
  desc,
  eq,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  count as rowCount,
  sql,
} from 'drizzle-orm';
import { z } from 'zod';
import { Clock } from '../operation/clock.js';
import type { SealedColumn } from '../operation/crypto/earlier-texts.js';
import { Keyring } from '../operation/crypto/keyring.js';
import { type DatabaseSession, PlatformDatabase } from '../operation/database/database.js';
import type { RetentionRule } from '../operation/retention/retention-rules.js';
import type { MailDraft } from './account-mails.js';
import { type Mail, MailWriter } from './mail-layout.js';
import { mails } from './mails.table.js';

const MAIL = z.object({
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string().optional(),
});

/** A mail that one sender has claimed. */
export interface ClaimedMail extends Mail {
  readonly id: string;
  /** The number of attempts, including the current one. */
  readonly attempts: number;
}

/** The column of encrypted mails. */
export const SEALED_MAILS: SealedColumn = {
  purpose: 'mails',
  table: mails,
  id: mails.id,
  sealed: mails.sealed,
};

/** Seconds after which a mail that will not be sent is removed. */
const KEPT = 7 * 24 * 60 * 60;

/** A mail that is kept. */
interface KeptMail extends Mail {
  readonly id: string;
  readonly at: Date;
}

type MailRow = typeof mails.$inferSelect;

interface OpenedMail {
  readonly row: MailRow;
  readonly mail: Mail;
}

/** Seconds after which a mail whose sender vanished is claimed by another one. */
const LEASE = 120;
/** The error of mails that cannot be decrypted. */
const UNREADABLE = 'unreadable';
/** The maximum number of mails that are shown. */
const SHOWN = 100;
/** Seconds until the next attempt, by the number of failures. After the last one the mail is given up. */
const RETRIES = [30, 120, 600, 1800, 7200, 21_600, 43_200];

/**
 * The queue of mails. One sender of all instances claims a mail at a time.
 *
 * `pg-boss` runs on both databases, but it keeps the data of completed jobs, while nothing of a sent mail is
 * kept here. It also brings a dozen tables that it migrates by itself. `graphile-worker` reaches PGlite only
 * through a socket server and without prepared statements, and then shares the one session of the platform.
 */
@Injectable()
export class MailQueue {
  readonly #logger = new Logger('Mail');

  constructor(
    private readonly database: PlatformDatabase,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
  ) {}

  /** Removes mails that will not be sent. Without a mail server, that is every old mail. */
  retentionRule({ isSending }: { readonly isSending: boolean }): RetentionRule {
    return {
      name: 'mails',
      table: mails,
      key: mails.id,
      expired: (before) =>
        and(lt(mails.createdAt, before(KEPT)), isSending ? isNull(mails.nextAttemptAt) : undefined),
    };
  }

  /** Claims mails that are due, up to a number. Skips those that cannot be decrypted. */
  async claim(count: number): Promise<readonly ClaimedMail[]> {
    const opened = await this.openAll(await this.lease(count));
    return opened.map(({ row, mail }) => ({ ...mail, id: row.id, attempts: row.attempts + 1 }));
  }

  /** Deletes a mail that was sent. */
  async forget({ id }: ClaimedMail): Promise<void> {
    await this.database.db.delete(mails).where(eq(mails.id, id));
  }

  /** Schedules the next attempt of a mail that was not sent. Undefined if it is given up. */
  async postpone({ id, attempts }: ClaimedMail, reason: string): Promise<Date | undefined> {
    const wait = RETRIES[attempts - 1];
    const at = wait === undefined ? undefined : this.clock.now().getTime() + wait * 1000;
    const nextAttemptAt = at === undefined ? null : new Date(at);
    const changes = { attempts, nextAttemptAt, lastError: reason };
    await this.database.db.update(mails).set(changes).where(eq(mails.id, id));
    return nextAttemptAt ?? undefined;
  }

  /** Ends the attempts to send a mail. */
  async giveUp({ id, attempts }: ClaimedMail, reason: string): Promise<undefined> {
    const changes = { attempts, nextAttemptAt: null, lastError: reason };
    await this.database.db.update(mails).set(changes).where(eq(mails.id, id));
  }

  /** Lists the last hundred mails, newest first. */
  async kept(): Promise<readonly KeptMail[]> {
    const rows = await this.database.db
      .select()
      .from(mails)
      .orderBy(desc(mails.createdAt))
      .limit(SHOWN);
    const opened = await this.openAll(rows);
    return opened.map(({ row, mail }) => ({ ...mail, id: row.id, at: row.createdAt }));
  }

  /** Counts the mails that are still to be sent. */
  async waiting(): Promise<number> {
    const [row] = await this.database.db
      .select({ waiting: rowCount() })
      .from(mails)
      .where(isNotNull(mails.nextAttemptAt));
    return row?.waiting ?? 0;
  }

  /** Counts the mails that were given up and are still kept. */
  async givenUp(): Promise<number> {
    const [row] = await this.database.db
      .select({ givenUp: rowCount() })
      .from(mails)
      .where(isNull(mails.nextAttemptAt));
    return row?.givenUp ?? 0;
  }

  private async lease(count: number): Promise<readonly MailRow[]> {
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
      return due;
    });
  }

  /** Decrypts mails. One that cannot be decrypted, such as after the loss of a key, is given up. */
  private async openAll(rows: readonly MailRow[]): Promise<readonly OpenedMail[]> {
    const opened: OpenedMail[] = [];
    for (const row of rows) {
      const mail = this.open(row);
      if (mail !== undefined) opened.push({ row, mail });
      else if (row.lastError !== UNREADABLE) await this.skip(row);
    }
    return opened;
  }

  private open({ id, sealed }: MailRow): Mail | undefined {
    try {
      return MAIL.parse(JSON.parse(this.keyring.open('mails', id, sealed)));
    } catch {
      return undefined;
    }
  }

  private async skip({ id }: MailRow): Promise<void> {
    const changes = { nextAttemptAt: null, lastError: UNREADABLE };
    await this.database.db.update(mails).set(changes).where(eq(mails.id, id));
    this.#logger.error(
      `Mail ${id} cannot be decrypted and is not sent. Was a row of data_keys removed?`,
    );
  }
}

/** Takes mails. They are sent after the transaction that writes them is committed. */
@Injectable()
export class Outbox {
  constructor(
    private readonly writer: MailWriter,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a mail.
   *
   * @param isSent false to do the same work, and send nothing
   */
  async put(session: DatabaseSession, draft: MailDraft, isSent = true): Promise<void> {
    const id = randomUUID();
    const mail = this.writer.write(draft);
    const sealed = this.keyring.seal('mails', id, JSON.stringify(mail));
    const now = this.clock.now().toISOString();
    await session.execute(sql`
      insert into ${mails} (id, sealed, created_at, next_attempt_at)
      select ${id}::uuid, ${sealed}, ${now}::timestamptz, ${now}::timestamptz where ${isSent}::boolean`);
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, asc, gt, gte, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { accountParty } from '../events/catalogue.js';
import { derivedEventId } from '../events/outbox/event-message.js';
import type { AnnouncedEvent } from '../events/outbox/event-outbox.js';
import { RevocationsInForce } from '../events/outbox/stream-ports.js';
import { Clock } from '../operation/clock.js';
import { PlatformDatabase } from '../operation/database/database.js';
import { ACCEPTED_FOR, CLOCK_LEEWAY } from './keys/signing-key.js';
import { revokedTokens, sessions } from './sessions.table.js';

/** The most rows that one statement reads. */
const PAGE = 1000;

/** Tells receivers that begin which sessions have ended and which tokens are revoked, while tokens may last. */
@Injectable()
export class EndedInForce implements OnModuleInit {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly inForce: RevocationsInForce,
  ) {}

  onModuleInit(): void {
    this.inForce.register(() => this.#sessions());
    this.inForce.register(() => this.#tokens());
  }

  async *#sessions(): AsyncIterable<readonly AnnouncedEvent[]> {
    const since = this.#ago(ACCEPTED_FOR);
    const { id, accountId, endedAt } = sessions;
    for (let last: AnnouncedEvent | undefined, isDone = false; !isDone;) {
      const rows = await this.database.db
        .select({ id, accountId, endedAt })
        .from(sessions)
        .where(and(gte(endedAt, since), last && follows(endedAt, id, last.at, last.ids['session'])))
        .orderBy(asc(endedAt), asc(id))
        .limit(PAGE);
      const page = rows.map((row) =>
        ended('session', row.id, row.endedAt ?? since, accountParty(row.accountId)),
      );
      yield page;
      last = page.at(-1);
      isDone = page.length < PAGE;
    }
  }

  async *#tokens(): AsyncIterable<readonly AnnouncedEvent[]> {
    const { tokenId, revokedAt, expiresAt } = revokedTokens;
    const mayLast = gt(expiresAt, this.#ago(CLOCK_LEEWAY));
    for (let last = '', isDone = false; !isDone;) {
      const rows = await this.database.db
        .select({ tokenId, revokedAt })
        .from(revokedTokens)
        .where(and(mayLast, gt(tokenId, last)))
        .orderBy(asc(tokenId))
        .limit(PAGE);
      yield rows.map((row) => ended('token', row.tokenId, row.revokedAt));
      last = rows.at(-1)?.tokenId ?? '';
      isDone = rows.length < PAGE;
    }
  }

  #ago(seconds: number): Date {
    return new Date(this.clock.now().getTime() - seconds * 1000);
  }
}

function ended(
  kind: 'session' | 'token',
  id: string,
  at: Date,
  subject?: AnnouncedEvent['subject'],
): AnnouncedEvent {
  const type = kind === 'session' ? 'session.ended' : 'token.revoked';
  return {
    id: derivedEventId(type, id),
    type,
    at,
    subject,
    organisation: undefined,
    ids: { [kind]: id },
  };
}

/** The condition that a row comes after another one, in the order of two columns. */
function follows(first: PgColumn, second: PgColumn, at: Date, id: string | undefined): SQL {
  return sql`(${first}, ${second}) > (${at.toISOString()}::timestamptz, ${id ?? ''}::text)`;
}

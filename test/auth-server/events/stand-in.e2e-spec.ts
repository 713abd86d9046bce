import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asc, isNull } from 'drizzle-orm';
import { Client } from 'pg';
import {
  auditEvents,
  auditPositions,
} from '../../../apps/auth-server/src/events/audit/audit.table.js';
import { numberAudit } from '../../../apps/auth-server/src/events/audit/audit-numbers.js';
import { accountParty } from '../../../apps/auth-server/src/events/catalogue.js';
import { readCounter } from '../../../apps/auth-server/src/events/event-counters.js';
import { EventNumbering } from '../../../apps/auth-server/src/events/event-numbering.js';
import { Events } from '../../../apps/auth-server/src/events/events.service.js';
import { numberOutbox } from '../../../apps/auth-server/src/events/outbox/event-outbox.js';
import { outbox } from '../../../apps/auth-server/src/events/outbox/outbox.table.js';
import {
  ADVISORY_LOCKS,
  type DatabaseSession,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { PostgresPlatformDatabase } from '../../../apps/auth-server/src/operation/database/postgres.database.js';
import { until } from '../../environment/until.js';
import { CuttableLink } from '../support/cuttable-link.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { databaseOf } from './event-log.js';

/** The number of instances that number events. */
const LEADERS = 4;
const UNDONE = new Error('undone');

/** An instance that numbers events and does nothing else. */
class Instance {
  readonly #numbering: EventNumbering;

  private constructor(readonly database: PostgresPlatformDatabase) {
    this.#numbering = new EventNumbering(database);
    this.#numbering.onApplicationBootstrap();
  }

  static async on(url: string): Promise<Instance> {
    return new Instance(await PostgresPlatformDatabase.open(url));
  }

  async close(): Promise<void> {
    await this.#numbering.onModuleDestroy();
    await this.database.close();
  }
}

const onServers = STORAGES.includes('PostgreSQL + Redis') ? describe : describe.skip;

onServers('events that the leading instance does not number', () => {
  let bed: PlatformBed;
  let db: DatabaseSession;
  let url: string;
  let events: Events;
  const instances: Instance[] = [];

  beforeAll(async () => {
    bed = await PlatformBed.start({ storage: 'PostgreSQL + Redis' });
    db = databaseOf(bed);
    url = bed.storage.environment['DATABASE_URL']!;
    events = bed.app.get(Events, { strict: false });
    await bed.app.get(EventNumbering, { strict: false }).onModuleDestroy();
  });
  afterAll(async () => {
    await closeAll();
    await bed.close();
  });

  const instancesOn = async (...urls: readonly string[]) => {
    instances.push(...(await Promise.all(urls.map((one) => Instance.on(one)))));
  };
  const closeAll = async () => {
    for (const instance of instances.splice(0)) await instance.close();
  };
  /** Writes in several transactions at once, a fifth of which are rolled back. */
  const write = async (count: number) => {
    const one = async (index: number) => {
      const work = db.transaction(async (tx) => {
        const updated = { type: 'account.updated', subject: accountParty(`${index % 7}`) } as const;
        await events.record(tx, updated);
        if (index % 5 === 0) throw UNDONE;
      });
      await work.catch((error: unknown) => {
        if (error !== UNDONE) throw error;
      });
    };
    await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
  };
  const waiting = async () => {
    const unnumbered = (await db.$count(auditEvents)) - (await db.$count(auditPositions));
    return unnumbered + (await db.$count(outbox, isNull(outbox.seq)));
  };
  const expectWhole = async () => {
    const log = await db
      .select({ seq: auditPositions.seq })
      .from(auditPositions)
      .orderBy(asc(auditPositions.seq));
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    const sent = await db.select({ seq: outbox.seq }).from(outbox).orderBy(asc(outbox.seq));
    expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, index) => index + 1));
  };
  it('have one number each, if four instances lead at once', async () => {
    const databases = await Promise.all(
      Array.from({ length: LEADERS }, () => PostgresPlatformDatabase.open(url)),
    );
    const writing = new AbortController();
    const lead = async (leader: DatabaseSession, name: 'audit' | 'outbox') => {
      const number = name === 'audit' ? numberAudit : numberOutbox;
      let counter = await readCounter(leader, name);
      while (!writing.signal.aborted) {
        const numbered = await number(leader, counter);
        counter = numbered?.counter ?? (await readCounter(leader, name));
      }
    };
    const leading = databases.flatMap(({ db: leader }) => [
      lead(leader, 'audit'),
      lead(leader, 'outbox'),
    ]);
    try {
      for (let round = 0; round < 10; round += 1) await write(30);
      await until(0, waiting);
    } finally {
      writing.abort();
      await Promise.all(leading);
      await Promise.all(databases.map((database) => database.close()));
    }
    await expectWhole();
  });

  it('are numbered by those that wait for an instance that holds the lock and does nothing', async () => {
    const idle = new Client({ connectionString: url });
    await idle.connect();
    try {
      await idle.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.eventNumbers]);
      await write(50);
      await instancesOn(...Array.from({ length: LEADERS }, () => url));
      const before = await db.$count(auditPositions);
      await until(true, async () => (await db.$count(auditPositions)) > before);
      await write(50);
      await until(0, waiting);
      await expectWhole();
    } finally {
      await idle.end();
    }
  });

  it('have one number each after an instance that was silent goes on', async () => {
    const link = await CuttableLink.to(url);
    try {
      await closeAll();
      await instancesOn(link.url);
      await write(20);
      await until(0, waiting);
      await instancesOn(url, url, url);
      link.stall();
      await write(50);
      await until(0, waiting);
      link.mend();
      await write(50);
      await until(0, waiting);
      await expectWhole();
    } finally {
      await closeAll();
      await link.close();
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { numberAudit } from '../../../apps/auth-server/src/events/audit/audit-numbers.js';
import { accountParty } from '../../../apps/auth-server/src/events/catalogue.js';
import { readCounter } from '../../../apps/auth-server/src/events/event-counters.js';
import { Events } from '../../../apps/auth-server/src/events/events.service.js';
import { numberOutbox } from '../../../apps/auth-server/src/events/outbox/event-outbox.js';
import {
  type DatabaseSession,
  rowsOf,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { databaseOf } from './event-log.js';

/** The refusal of a right, and of a trigger. */
const REFUSED = '42501';

describe.each(STORAGES)('the audit log on %s', (storage) => {
  let bed: PlatformBed;
  let db: DatabaseSession;
  /** The parents and every partition of both tables. */
  let tables: string[];
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    db = databaseOf(bed);
    const events = bed.app.get(Events, { strict: false });
    await db.transaction((tx) =>
      events.record(tx, { type: 'account.updated', subject: accountParty('ana') }),
    );
    const rows = rowsOf(
      await db.execute(sql`
        select relid::text as name from pg_partition_tree('audit_events')
        union all select relid::text from pg_partition_tree('audit_positions')`),
    );
    tables = rows.map((row) => String(Reflect.get(Object(row), 'name')));
  });
  afterAll(() => bed.close());

  /** Runs a statement as a role, undoes it, and returns the code of its refusal. */
  const codeOf = async (role: string, statement: string): Promise<string> => {
    const undone = new Error('undone');
    try {
      await db.transaction(async (tx) => {
        await tx.execute(sql.raw(`set local role ${role}`));
        await tx.execute(sql.raw(statement));
        throw undone;
      });
    } catch (error) {
      if (error === undone) return 'done';
      const cause: unknown = error instanceof Error ? error.cause : undefined;
      return String(Reflect.get(Object(cause), 'code'));
    }
    return 'done';
  };
  const codesOf = async (role: string, statement: (table: string) => string) => {
    const codes = new Set<string>();
    for (const table of tables) codes.add(await codeOf(role, statement(table)));
    return [...codes];
  };

  it('has partitions of every retention, with a default one each', () => {
    const named = (form: RegExp) => tables.filter((name) => form.test(name));
    expect(named(/^audit_events_(?:7|30|90|365|2555)$/)).toHaveLength(5);
    expect(named(/^audit_(?:events|positions)_\d+_default$/)).toHaveLength(10);
    expect(named(/^audit_events_7_\d{8}$/).length).toBeGreaterThanOrEqual(8);
    expect(named(/^audit_positions_7_\d{8}$/).length).toBeGreaterThanOrEqual(8);
  });

  const CHANGES: readonly [string, (table: string) => string][] = [
    ['update', (table) => `update ${table} set retention = retention`],
    ['delete', (table) => `delete from ${table}`],
    ['truncate', (table) => `truncate ${table}`],
  ];

  it.each<[string, (table: string) => string]>([
    ...CHANGES,
    ['drop', (table) => `drop table ${table}`],
    ['alter', (table) => `alter table ${table} add column more text`],
    ['disable trigger', (table) => `alter table ${table} disable trigger all`],
    [
      'create trigger',
      (table) => `create trigger t before insert on ${table} execute function f()`,
    ],
    ['create index', (table) => `create index on ${table} (retention)`],
    ['set owner', (table) => `alter table ${table} owner to patronus_server`],
  ])('refuses the server to %s a parent or a partition', async (_what, statement) => {
    expect(await codesOf('patronus_server', statement)).toEqual([REFUSED]);
  });

  it.each(CHANGES)('refuses its owner to %s a parent or a partition', async (_what, statement) => {
    expect(await codesOf('none', statement)).toEqual([REFUSED]);
  });

  it.each([
    ['read the log', 'select count(*) from audit_events', 'done'],
    ['read its numbers', 'select count(*) from audit_positions', 'done'],
    ['read the gaps', 'select count(*) from audit_gaps', 'done'],
    ['write a gap', 'insert into audit_gaps select * from audit_gaps', REFUSED],
    ['remove a gap', 'delete from audit_gaps', REFUSED],
    ['remove a subject', 'delete from audit_subjects', REFUSED],
    ['empty the outbox at once', 'truncate outbox', REFUSED],
    ['clear a partition', `select audit_clear('audit_events_7', 'select 1')`, REFUSED],
    ['close a table', `select audit_close_table('outbox')`, REFUSED],
    ['make partitions', 'select audit_make_partitions(7::smallint)', 'done'],
    ['make partitions of another retention', 'select audit_make_partitions(8::smallint)', '22023'],
    ['empty what has expired', 'select * from audit_empty_expired()', 'done'],
    ['drop what is empty', 'select audit_drop_emptied()', 'done'],
    [
      'write to a partition itself',
      `insert into audit_events_7_default (retention, at, id, action, outcome, version, commitment)
       values (7, now(), gen_random_uuid(), 'a', 'b', 1, '')`,
      REFUSED,
    ],
    [
      'write a row of an unknown retention',
      `insert into audit_events (retention, id, action, outcome, version, commitment)
       values (8, gen_random_uuid(), 'a', 'b', 1, '')`,
      '23514',
    ],
  ])('lets the server %s only as it should', async (_what, statement, expected) => {
    expect(await codeOf('patronus_server', statement)).toBe(expected);
  });

  it('is written and numbered by the server', async () => {
    const events = bed.app.get(Events, { strict: false });
    const undone = new Error('undone');
    const done = db.transaction(async (tx) => {
      await tx.execute(sql.raw('set local role patronus_server'));
      const subject = accountParty('new');
      await events.record(tx, { type: 'account.updated', subject });
      const numbers = [
        (await numberAudit(tx, await readCounter(tx, 'audit')))?.isDone,
        (await numberOutbox(tx, await readCounter(tx, 'outbox')))?.isDone,
      ];
      expect(numbers).toEqual([true, true]);
      throw undone;
    });
    await expect(done).rejects.toBe(undone);
  });
});

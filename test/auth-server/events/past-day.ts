import { Client } from 'pg';

const DAY_MS = 24 * 60 * 60 * 1000;

interface PastDay {
  readonly retention: number;
  readonly daysAgo: number;
  readonly events: number;
}

/** The partitions of a day, by table. */
export interface Partitions {
  readonly audit_events: string;
  readonly audit_positions: string;
}

/**
 * Makes the partitions of a past day as they would have been made then, and fills them with numbered events.
 *
 * @param url the address of the owner of the tables
 */
export async function fillPastDay(
  url: string,
  { retention, daysAgo, events }: PastDay,
): Promise<Partitions> {
  const [day, next] = [dayOf(daysAgo), dayOf(daysAgo - 1)];
  const leafOf = (root: string) => `${root}_${retention}_${day.replaceAll('-', '')}`;
  const leaves = {
    audit_events: leafOf('audit_events'),
    audit_positions: leafOf('audit_positions'),
  };
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    for (const [root, leaf] of Object.entries(leaves)) {
      await client.query(`
        create table ${leaf} partition of ${root}_${retention}
          for values from ('${day}T00:00Z') to ('${next}T00:00Z')`);
      await client.query(`select audit_close_table('${leaf}')`);
    }
    // Of the size that the platform's own events have.
    await client.query(
      `
      insert into ${leaves.audit_events} (retention, at, id, action, outcome, actor, subject, request_id,
        version, sealed_actor, sealed_subject, commitment)
      select ${retention}, '${day}T00:00Z'::timestamptz + n * interval '80 milliseconds', gen_random_uuid(),
        'session.started', 'success', gen_random_uuid(), gen_random_uuid(), gen_random_uuid()::text,
        1, decode(repeat(md5(n::text), 6), 'hex'), decode(repeat(md5(n::text), 8), 'hex'), sha256(n::text::bytea)
      from generate_series(1, $1::int) as n`,
      [events],
    );
    await client.query(`
      insert into ${leaves.audit_positions} (seq, event_at, event_id, retention)
      select 1000000000 + row_number() over (order by ord), at, id, retention from ${leaves.audit_events}`);
    await client.query('commit');
    // By the time that it expires, a day has long been vacuumed.
    await client.query(`vacuum analyze ${leaves.audit_events}, ${leaves.audit_positions}`);
    await client.query('checkpoint');
    return leaves;
  } finally {
    await client.end();
  }
}

function dayOf(daysAgo: number): string {
  return new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
}

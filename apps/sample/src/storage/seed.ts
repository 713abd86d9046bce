import { inLockedTransaction } from './migrations/locked-transaction.js';
import { SEEDS, type Seed } from './seeds.js';
import type { SqlSession } from './sql-session.js';

/** Inserts the first rows of each tenant once. Later changes of them are kept. */
export async function seed(session: SqlSession): Promise<void> {
  for (const one of SEEDS) await inLockedTransaction(session, () => plant(session, one));
}

async function plant(session: SqlSession, { tenantId, ...rows }: Seed): Promise<void> {
  const { rows: isNew } = await session.query(
    'insert into tenants (id) values ($1) on conflict do nothing returning id',
    [tenantId],
  );
  if (isNew.length === 0) return;
  await session.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
  for (const { id, name, born } of rows.patients) {
    const insert = 'insert into patients (tenant_id, id, name, born) values ($1, $2, $3, $4)';
    await session.query(insert, [tenantId, id, name, born]);
  }
  for (const { id, patientId, at } of rows.appointments) {
    const insert =
      'insert into appointments (tenant_id, id, patient_id, at) values ($1, $2, $3, $4)';
    await session.query(insert, [tenantId, id, patientId, at]);
  }
  for (const { id, name } of rows.staff) {
    const insert = 'insert into staff (tenant_id, id, name) values ($1, $2, $3)';
    await session.query(insert, [tenantId, id, name]);
  }
}

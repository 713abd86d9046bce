import { inLockedTransaction } from './migrations/migrate.js';
import type { SqlSession } from './clinic-database.js';

/** The first rows of a clinic. */
interface Seed {
  readonly tenantId: string;
  readonly patients: readonly { id: string; name: string; born: string }[];
  readonly appointments: readonly { id: string; patientId: string; at: string }[];
  readonly staff: readonly { id: string; name: string }[];
}

const SEEDS: readonly Seed[] = [
  {
    tenantId: 'clinica-norte',
    patients: [
      { id: 'ana-ruiz', name: 'Ana Ruiz', born: '1984-02-29' },
      { id: 'bruno-diaz', name: 'Bruno Díaz', born: '1971-11-03' },
      { id: 'carla-nunez', name: 'Carla Núñez', born: '2015-06-18' },
    ],
    appointments: [
      { id: 'norte-1', patientId: 'ana-ruiz', at: '2026-03-02T09:00:00Z' },
      { id: 'norte-2', patientId: 'bruno-diaz', at: '2026-03-02T09:30:00Z' },
    ],
    staff: [
      { id: 'rosa-marin', name: 'Rosa Marín' },
      { id: 'diego-salas', name: 'Diego Salas' },
      { id: 'teo-lozano', name: 'Teo Lozano' },
      { id: 'ines-mora', name: 'Inés Mora' },
    ],
  },
  {
    tenantId: 'clinica-sur',
    patients: [
      { id: 'dario-vega', name: 'Darío Vega', born: '1990-09-09' },
      { id: 'elsa-prieto', name: 'Elsa Prieto', born: '1958-01-25' },
    ],
    appointments: [{ id: 'sur-1', patientId: 'dario-vega', at: '2026-03-02T10:00:00Z' }],
    staff: [{ id: 'olga-rey', name: 'Olga Rey' }],
  },
];

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

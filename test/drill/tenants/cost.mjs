import { TenantDatabase } from '@patronus/nestjs/postgres';

const ROUNDS = 7;
const EACH = 600;
const SQL = 'select id, name from patients';

/**
 * Measures the cost of row level security: the same rows by a plain query with `where`, by the same
 * in a transaction, and by a tenant's transaction, in turn.
 */
export async function measureCost({ pool, role, tenant, tenants }) {
  const database = new TenantDatabase(pool, tenant, { role });
  const ways = {
    'plain query, with where': (id) => pool.query(`${SQL} where tenant_id = $1`, [id]),
    'the same, in the context of a tenant': (id) =>
      tenant.run(id, () => pool.query(`${SQL} where tenant_id = $1`, [tenant.id])),
    'transaction, with where': (id) => plainTransaction(pool, id),
    'tenant transaction, row level security': (id) => tenant.run(id, () => database.query(SQL)),
  };
  const rates = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, ask] of Object.entries(ways)) {
      const began = performance.now();
      let left = EACH;
      const work = async () => {
        while (left-- > 0) await ask(tenants[left % tenants.length]);
      };
      await Promise.all(Array.from({ length: 10 }, work));
      rates[name].push((EACH / (performance.now() - began)) * 1000);
    }
  }
  const [base] = Object.values(rates);
  return Object.entries(rates).map(([name, own]) => ({
    name,
    share: median(own.map((rate, round) => rate / base[round])),
    perSecond: median(own),
  }));
}

async function plainTransaction(pool, id) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query(`${SQL} where tenant_id = $1`, [id]);
    await client.query('commit');
    return rows;
  } finally {
    client.release();
  }
}

function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1];
}

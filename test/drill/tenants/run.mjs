// `npm run drill:tenants [-- <requests>]`: a thousand tenants at once on a pool of ten, with faults.
import { writeFigures } from '../report.mjs';
import { TestIssuer } from '@patronus/nestjs/testing';
import pg from 'pg';
import { Crowd } from './crowd.mjs';
import { startClinic } from './clinic-app.mjs';
import { measureCost } from './cost.mjs';
import { makeDatabase } from './database.mjs';
import { markdownOf } from './tables.mjs';
import { standaloneContext } from './standalone-context.mjs';

const TENANTS = 1000;
const REQUESTS = Number(process.argv[2] ?? 100_000);
const CONTROL = 2000;
const POOL = 10;
const WORKERS = 400;

const VARIANTS = [
  { name: 'the application names the tenant in each statement', ownWhere: true, bound: true },
  { name: 'no statement names a tenant', ownWhere: false, bound: true },
  {
    name: 'control: neither, and a role that no policy binds',
    ownWhere: false,
    bound: false,
    requests: CONTROL,
  },
];

const began = performance.now();
const say = (what) =>
  console.log(
    `drill ${String(Math.round((performance.now() - began) / 1000)).padStart(3)} s  ${what}`,
  );

const tenants = Array.from({ length: TENANTS }, (_, index) => `clinic-${index}`);
say(`a database with ${TENANTS} tenants`);
const database = await makeDatabase(tenants);
const issuer = await TestIssuer.start({ algorithm: 'ES256' });
const people = await Promise.all(
  tenants.map(async (tenant) => ({
    tenant,
    token: await issuer.token({ sub: `ana-of-${tenant}`, empresa_id: tenant }, { expiresIn: 3600 }),
  })),
);
// A few who name another tenant in the header: every one of them must be refused.
for (let index = 0; index < 20; index++) {
  people.push({ ...people[index], headers: { 'x-empresa-id': tenants[index + 100] } });
}
const pool = new pg.Pool({
  connectionString: database.url,
  max: POOL,
  connectionTimeoutMillis: 120,
});
pool.on('error', () => {});

const results = [];
try {
  for (const variant of VARIANTS) results.push({ ...variant, ...(await drill(variant)) });
  say('the cost of row level security');
  const cost = await measureCost({
    pool,
    role: database.role,
    tenant: await standaloneContext(),
    tenants,
  });
  const report = markdownOf(results, cost, { tenants: TENANTS, pool: POOL });
  console.log(`\n${report}`);
  if (process.argv[2] === undefined) writeFigures('docs/proving-isolation.md', report);
} finally {
  await pool.end();
  await issuer.stop();
  await database.drop();
}
process.exitCode = results.every(({ met }) => met) ? 0 : 1;

async function drill({ name, ownWhere, bound, requests = REQUESTS }) {
  const crowd = new Crowd(people);
  const clinic = await startClinic({
    issuer,
    pool,
    ownWhere,
    role: bound ? database.role : undefined,
    log: (tenant, text) => crowd.hear(tenant, text),
  });
  say(`${requests.toLocaleString('en')} requests: ${name}`);
  let told = 0;
  await crowd.ask(clinic.url, requests, WORKERS, (done) => {
    if (done < told + requests / 5) return;
    told += requests / 5;
    say(`  ${done.toLocaleString('en')}`);
  });
  await clinic.close();
  const leaks = Object.values(crowd.foreign).reduce((sum, one) => sum + one, 0);
  const { rows, failed, cancelled, exhausted } = crowd.seen;
  const proves = rows > requests / 10 && failed > 0 && cancelled > 0 && exhausted > 0;
  const { seen, foreign } = crowd;
  return { seen, foreign, met: bound ? leaks === 0 && proves : leaks > 0 };
}

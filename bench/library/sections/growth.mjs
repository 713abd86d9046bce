import { Credentials } from '../credentials.mjs';
import { runRounds } from '../../shared/rounds.mjs';
import { Server } from '../server.mjs';
import { quantile } from '../../shared/statistics.mjs';

const UNGUARDED = 'contenders/unguarded.mjs';
const PATRONUS = 'contenders/patronus.mjs';

/** What grows, and how the application or the load looks then. */
const SERIES = [
  { name: 'routes', values: [10, 100, 1000], app: (routes) => ({ routes }), twins: true },
  {
    name: 'Nest providers',
    values: [1, 100, 1000],
    app: (services) => ({ services }),
    twins: true,
  },
  { name: 'trusted issuers', values: [1, 100, 1000], app: (issuers) => ({ issuers }) },
  { name: 'permissions', values: [2, 100, 1000], app: (permissions) => ({ permissions }) },
  { name: 'tenants', values: [1, 100, 1000], tenants: true, twins: true },
  { name: 'connections', values: [10, 100, 1000], connections: true, twins: true },
];

/** Throughput against the size of things, as a share of the unguarded twin of the same size. */
export async function measureGrowth({ plan, say }) {
  const credentials = await Credentials.create();
  const results = [];
  for (const series of SERIES) {
    say(series.name);
    const entries = await entriesOf(series, credentials);
    const rounds = await runRounds(entries, plan.growth);
    const points = series.values.map((value) => {
      const { share, cpuShare } = rounds.find(({ name }) => name === `${value}`);
      return { value, share, cpuShare };
    });
    const [first, last] = [series.values[0], series.values.at(-1)].map((value) =>
      rounds.find(({ name }) => name === `${value}`),
    );
    const kept = last.cpuShares.map((share, round) => share / first.cpuShares[round]);
    results.push({
      name: series.name,
      points,
      kept: [0.25, 0.5, 0.75].map((q) => quantile(kept, q)),
    });
    await Promise.all([...new Set(entries.map(({ server }) => server))].map((one) => one.stop()));
  }
  await credentials.stop();
  return results;
}

/** For each value a guarded entry and its unguarded twin; one twin for all where it cannot differ. */
async function entriesOf(series, credentials) {
  const base = { ...credentials.settings(), adapter: 'express' };
  const entries = [];
  for (const value of series.values) {
    const settings = { ...base, ...series.app?.(value) };
    const traffic = {
      draw: await drawOf(credentials, series.tenants ? value : 1),
      connections: series.connections ? value : 50,
    };
    const twin = series.twins ? `twin of ${value}` : 'twin';
    if (!entries.some(({ name }) => name === twin)) {
      entries.push({ ...traffic, name: twin, server: await Server.start(UNGUARDED, settings) });
    }
    const server = await Server.start(PATRONUS, settings);
    entries.push({ ...traffic, name: `${value}`, base: twin, server });
  }
  return entries;
}

async function drawOf(credentials, tenants) {
  const pool = [];
  for (let index = 0; index < tenants; index++) {
    pool.push(await credentials.headers({ user: `user-${index}`, tenant: `clinic-${index}` }));
  }
  let next = 0;
  return () => pool[(next = (next + 1) % pool.length)];
}

// `npm run drill:server [-- --kills N --storage embedded|postgres --seed N --fault <name>]`:
// kills the server under load, and looks for what it had promised.
import { writeFigures } from '../report.mjs';
import { drill } from './drill.mjs';
import { FAULTS } from './faults/faults.mjs';
import { readOptions } from './options.mjs';
import { randomFrom } from './random.mjs';
import { isSeen, markdownOf } from './report.mjs';
import { embeddedStorage } from './storages/embedded.storage.mjs';
import { postgresStorage } from './storages/postgres.storage.mjs';

/** Number of kills within which a control must be detected. */
const CONTROL = 10;

const { kills, seed, storage: only, fault, isWhole } = readOptions();
const { DATABASE_URL, REDIS_URL } = process.env;
const began = performance.now();
const seconds = () => Math.round((performance.now() - began) / 1000);
const say = (what) => console.log(`drill ${String(seconds()).padStart(3)} s  ${what}`);

const hasServices = DATABASE_URL !== undefined && REDIS_URL !== undefined;
if (only === 'postgres' && !hasServices) throw new Error('Set DATABASE_URL and REDIS_URL.');
if (!hasServices) say('PostgreSQL is left out: DATABASE_URL and REDIS_URL are not set');
const makers = [
  ...(only === 'postgres' ? [] : [embeddedStorage]),
  ...(only === 'embedded' || !hasServices
    ? []
    : [() => postgresStorage({ DATABASE_URL, REDIS_URL })]),
];

say(`seed ${seed}`);
// Both come to an end, so that neither leaves anything behind.
const outcomes = await Promise.allSettled(
  makers.map((make, index) => {
    const share = Math.floor(kills / makers.length) + (index < kills % makers.length ? 1 : 0);
    return on(make, { kills: share, fault });
  }),
);
const failure = outcomes.find(({ status }) => status === 'rejected');
if (failure !== undefined) throw failure.reason;
const runs = outcomes.map(({ value }) => value);
const controls = [];
for (const [name, { what, seenAs }] of isWhole ? Object.entries(FAULTS) : []) {
  say(`control: a server that ${what}`);
  const isOver = (ledger) => isSeen({ seenAs, ledger });
  const { ledger } = await on(embeddedStorage, { kills: CONTROL, fault: name, isOver });
  controls.push({ what, seenAs, ledger });
}

const report = markdownOf(runs, { seed, seconds: seconds(), controls });
console.log(`\n${report}`);
if (isWhole && hasServices) writeFigures('docs/platform/crash-safety.md', report);
process.exitCode = runs.every(({ ledger }) => ledger.isClean) && controls.every(isSeen) ? 0 : 1;

async function on(make, options) {
  const storage = await make();
  const { name } = storage;
  const random = randomFrom(seed);
  const tell = (what) => say(`${name}: ${what}`);
  try {
    return { name, ledger: await drill({ storage, random, say: tell, ...options }) };
  } finally {
    await storage.drop();
  }
}

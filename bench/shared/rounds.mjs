import { load } from './load.mjs';
import { median, medianRatio, quantile } from './statistics.mjs';

/**
 * Loads servers in turn, one short burst of each in every round, so that noise hits all alike.
 *
 * @param entries - `{ name, base?, server, …load options }`; a base is the name of another entry
 * @returns for each entry its medians, and its share of its base, round by round
 */
export async function runRounds(entries, { rounds, seconds, warmUp }) {
  const bursts = new Map(entries.map(({ name }) => [name, []]));
  for (const entry of entries) await load(entry.server, { ...entry, seconds: warmUp });
  for (let round = 0; round < rounds; round++) {
    for (const entry of rotated(entries, round)) {
      bursts.get(entry.name).push(await load(entry.server, { ...entry, seconds }));
    }
  }
  return entries.map((entry) => summarize(entry, bursts));
}

/** Nobody always comes first, or always after the same other. */
function rotated(entries, round) {
  const shift = round % entries.length;
  return [...entries.slice(shift), ...entries.slice(0, shift)];
}

function summarize({ name, base = name }, bursts) {
  const own = bursts.get(name);
  const other = bursts.get(base);
  const latencies = own.flatMap((burst) => burst.latencies);
  return {
    name,
    perSecond: median(of(own, 'perSecond')),
    perCpuSecond: median(of(own, 'perCpuSecond')),
    busy: median(of(own, 'busy')),
    share: medianRatio(of(own, 'perSecond'), of(other, 'perSecond')),
    cpuShare: medianRatio(of(own, 'perCpuSecond'), of(other, 'perCpuSecond')),
    cpuShares: own.map(({ perCpuSecond }, round) => perCpuSecond / other[round].perCpuSecond),
    latency: latencies.length === 0 ? undefined : percentiles(latencies),
    counted: counted(own),
    bursts: own,
  };
}

function of(bursts, member) {
  return bursts.map((burst) => burst[member]);
}

function percentiles(latencies) {
  const [p50, p90, p99, p999] = [0.5, 0.9, 0.99, 0.999].map((share) => quantile(latencies, share));
  return { p50, p90, p99, p999 };
}

/** Verifications and requests over all measured bursts, where the server counts. */
function counted(bursts) {
  if (bursts.some(({ after }) => after.counters === undefined)) return undefined;
  const sum = (count) => bursts.reduce((total, burst) => total + count(burst), 0);
  return {
    requests: sum(({ requests }) => requests),
    verified: sum(({ before, after }) => after.counters.verified - before.counters.verified),
  };
}

import { CONTENDERS } from '../contenders.mjs';
import { count, nanoseconds, ratio, table } from '../../shared/format.mjs';

const ADAPTERS = { express: 'Express', fastify: 'Fastify' };

export function throughputTables(groups) {
  return groups.map(({ node, adapter, results, failures }) => {
    const rows = results
      .toSorted((one, other) => other.cpuShare - one.cpuShare)
      .map(({ name, perSecond, perCpuSecond, share, cpuShare, busy }) => [
        name,
        CONTENDERS.find((one) => one.name === name).checks,
        `**${ratio(cpuShare)}**`,
        ratio(share),
        count(perCpuSecond),
        count(perSecond),
        ratio(busy),
      ]);
    const head = [
      'contender',
      'checks for each request',
      'share of unguarded, by server time',
      'by wall clock',
      'requests per CPU second',
      'per second',
      'core busy',
    ];
    return [
      `### ${ADAPTERS[adapter]}, Node ${node.version}`,
      table(head, rows),
      ...failures.map(({ name, reason }) => `Did not run here: ${name}: ${reason}.`),
    ].join('\n\n');
  });
}

export function hotTable(hot) {
  const rows = Object.entries(hot).map(([name, { median, least, ratio: share }]) => [
    name,
    nanoseconds(median),
    ratio(share),
    nanoseconds(least),
  ]);
  return table(['in process', 'median', 'of SHA-256 + look-up', 'least'], rows);
}

export function coldTable(cold) {
  const rows = Object.entries(cold).flatMap(([algorithm, times]) =>
    Object.entries(times).map(([name, { median, least, ratio: share }]) => [
      `${algorithm}: ${name}`,
      nanoseconds(median),
      ratio(share),
      nanoseconds(least),
    ]),
  );
  return table(['token never seen', 'median', 'of the raw operation', 'least'], rows);
}

export function permissionTable(permissions) {
  const rows = Object.entries(permissions).map(([name, { median, least }]) => [
    name,
    nanoseconds(median),
    nanoseconds(least),
  ]);
  return table(['one check', 'median', 'least'], rows);
}

export function manyUsersTables({ results, memory }) {
  const rows = results.map(({ name, cpuShare, share, counted, latency }) => [
    count(Number(name)),
    `${(100 * (1 - counted.verified / counted.requests)).toFixed(1)} %`,
    ratio(cpuShare),
    ratio(share),
    ...['p50', 'p90', 'p99', 'p999'].map((one) => `${latency[one].toFixed(1)} ms`),
  ]);
  const head = ['users', 'hit rate', 'throughput of one user, by server time', 'by wall clock'];
  const remembered = [
    ['bytes for one identity, with its compiled grants', count(memory.bytesEach)],
    [
      `the same, after a flood of ${count(memory.flood)} good tokens`,
      count(memory.bytesEachFlooded),
    ],
    ['identities kept after the flood', count(memory.sizeAfterFlood)],
  ];
  return [
    table([...head, 'p50', 'p90', 'p99', 'p99.9'], rows),
    table([`the cache, at most ${count(memory.max)}`, ''], remembered),
  ].join('\n\n');
}

export function growthTable(growth) {
  const rows = growth.flatMap(({ name, points }) =>
    points.map(({ value, cpuShare, share }) => [
      `${count(value)} ${name}`,
      ratio(cpuShare),
      ratio(share),
    ]),
  );
  return table(['size', 'share of its unguarded twin, by server time', 'by wall clock'], rows);
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function startTable({ without, with: guarded }) {
  const lines = [
    ['from start to listening', 'milliseconds', (value) => `${count(value)} ms`],
    ['heap after start', 'heap', megabytes],
    ['resident memory after start', 'rss', megabytes],
  ];
  const rows = lines.map(([title, member, show]) => [
    title,
    show(without[member]),
    show(guarded[member]),
    show(guarded[member] - without[member]),
  ]);
  return table(['', 'unguarded', 'with Patronus', 'added'], rows);
}

import { count, ratio, table } from '../../shared/format.mjs';
import { BARE } from '../contenders.mjs';

const SERVICES = 'CPU of PostgreSQL and Redis for each, µs';

export function throughputTables(groups) {
  return groups
    .map(({ operation, results }) => {
      const rows = results
        .toSorted((one, other) => other.cpuShare - one.cpuShare)
        .map(({ name, perCpuSecond, perSecond, cpuShare, busy, servicesMicros }) => [
          name,
          count(perCpuSecond),
          ratio(cpuShare),
          count(perSecond),
          ratio(busy),
          microseconds(name, servicesMicros),
        ]);
      const head = ['', 'per CPU second', `share of ${BARE}`, 'per second', 'core busy', SERVICES];
      return [`### ${capital(operation)}`, table(head, rows)].join('\n\n');
    })
    .join('\n\n');
}

export function loginsTable(logins) {
  const rows = logins.map(({ name, perSecond, share, perCpuSecond, cpuShare }) => [
    name,
    perSecond.toFixed(1),
    ratio(share),
    perCpuSecond.toFixed(1),
    ratio(cpuShare),
  ]);
  const head = [
    '',
    'logins per second',
    'share of argon2 alone',
    'per CPU second',
    'share of that',
  ];
  return table(head, rows);
}

export function manyUsersTables(results) {
  return results
    .map(({ name, mix, rate, users, busy, all, acts }) => {
      const rows = [{ name: '**all**', ...all }, ...acts].map(({ name: act, ...one }) => [
        act,
        count(one.count),
        ...[one.p50, one.p95, one.p99, one.max].map(milliseconds),
      ]);
      return [
        `### ${name}, ${mix}`,
        `${count(users)} users, ${count(rate)} acts per second in all; core busy: ${ratio(busy)}.`,
        table(['', 'acts', 'p50', 'p95', 'p99', 'longest'], rows),
      ].join('\n\n');
    })
    .join('\n\n');
}

export function instancesTables(groups) {
  const rows = groups.flatMap(({ operation, results }) =>
    results.map(({ name, perCpuSecond, cpuShare, servicesMicros }) => [
      `${operation}, ${name}`,
      count(perCpuSecond),
      ratio(cpuShare),
      count(servicesMicros),
    ]),
  );
  return table(['', 'per CPU second', 'share of one instance', SERVICES], rows);
}

export function memoryTable({ milliseconds: start, afterStart, afterLogin }) {
  return table(
    ['', ''],
    [
      ['from start to listening', `${count(start)} ms`],
      ['resident after start', megabytes(afterStart)],
      ['resident after the first registration and login', megabytes(afterLogin)],
    ],
  );
}

function microseconds(name, value) {
  return name.includes('PostgreSQL') && Number.isFinite(value) ? count(value) : '';
}

function milliseconds(value) {
  return `${value.toFixed(1)} ms`;
}

function megabytes(bytes) {
  return `${count(bytes / 1e6)} MB`;
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

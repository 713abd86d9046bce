import { count, ratio, table } from '../../shared/format.mjs';

/** The report of two builds, of which `before` is the base of each ratio. */
export function comparisonOf({ machine, results }) {
  const rows = results.map(({ operation, perCpuSecond, ratio: share, quarters, ...rest }) => [
    operation,
    perCpuSecond.before.toFixed(1),
    perCpuSecond.after.toFixed(1),
    `**${share.toFixed(3)}**`,
    quarters.map(ratio).join(' to '),
    ...[rest.databaseMicros.before, rest.databaseMicros.after].map((used) =>
      Number.isFinite(used) ? count(used) : '',
    ),
    String(rest.bursts),
  ]);
  const head = [
    'per CPU second of the server',
    'before',
    'after',
    'ratio',
    'half of the ratios',
    'PostgreSQL before, µs each',
    'after',
    'pairs of bursts',
  ];
  return [...machine.map((line) => `- ${line}`), '', table(head, rows), ''].join('\n');
}

const count = (number) => number.toLocaleString('en');

/** The figures as Markdown: what was seen of others, and what row level security costs. */
export function markdownOf(results, cost, { tenants, pool }) {
  return [
    `${count(tenants)} tenants at once, a pool of ${pool} connections, ${process.version}.`,
    '',
    '| | requests | answers | rows shown | 5xx | of them without a connection | refused | hung up | rows of others | cache entries of others | log lines of others | error texts of others | |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...results.map(rowOf),
    '',
    '| the same rows, side by side | share of the plain query |',
    '| --- | ---: |',
    ...cost.map(({ name, share }) => `| ${name} | ${share.toFixed(2)} |`),
  ].join('\n');
}

function rowOf({ name, seen, foreign, met }) {
  const numbers = [
    seen.requests,
    seen.answers,
    seen.rows,
    seen.failed,
    seen.exhausted,
    seen.refused,
    seen.cancelled,
    ...Object.values(foreign),
  ];
  return `| ${[name, ...numbers.map(count), met ? 'as it must be' : '**wrong**'].join(' | ')} |`;
}

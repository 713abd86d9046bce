import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const PAGE = join(import.meta.dirname, '../../docs/resilience.md');
const MARKS = /(?<=<!-- drill:start -->\n)[\s\S]*?(?=<!-- drill:end -->)/;

export function markdownOf(rows) {
  return [
    '| what was done | promised | measured | |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ what, expected, measured, met }) =>
      ['', what, expected, measured, met ? 'met' : '**missed**', ''].join(' | ').trim(),
    ),
  ].join('\n');
}

/** Puts the figures of a whole run between the marks of `docs/resilience.md`. */
export function writeFigures(rows) {
  const page = readFileSync(PAGE, 'utf8');
  if (!MARKS.test(page)) throw new Error('docs/resilience.md has no place for the figures.');
  const machine = `Node ${process.version}, ${availableParallelism()} cores.`;
  writeFileSync(
    PAGE,
    page.replace(MARKS, () => `\n${machine}\n\n${markdownOf(rows)}\n\n`),
  );
}

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const MARKS = /(?<=<!-- drill:start -->\n)[\s\S]*?(?=<!-- drill:end -->)/;

export function markdownOf(rows) {
  return [
    `Node ${process.version}, ${availableParallelism()} cores.`,
    '',
    '| what was done | promised | measured | |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ what, expected, measured, met }) =>
      ['', what, expected, measured, met ? 'met' : '**missed**', ''].join(' | ').trim(),
    ),
  ].join('\n');
}

/** Puts the figures of a whole run between the marks of a page. */
export function writeFigures(page, figures) {
  const path = join(ROOT, page);
  const text = readFileSync(path, 'utf8');
  if (!MARKS.test(text)) throw new Error(`${page} has no place for the figures.`);
  writeFileSync(
    path,
    text.replace(MARKS, () => `\n${figures}\n\n`),
  );
}

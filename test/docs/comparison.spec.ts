import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './markdown-page.js';

/** The rows of the tables of a text, as cells. */
function rowsOf(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function section(path: string, heading: string): string {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const start = text.indexOf(`${heading}\n`);
  if (start < 0) throw new Error(`${path} has no ${heading}`);
  return text.slice(start).split(/\n##/, 1)[0] ?? '';
}

/** Returns each contender's share of the unguarded route. */
function sharesOf(heading: string): ReadonlyMap<string, string> {
  const rows = rowsOf(section('bench/library/RESULTS.md', heading));
  return new Map(rows.map(([name = '', , share = '']) => [name, share.replaceAll('*', '')]));
}

describe('docs/comparison.md', () => {
  it('has the figures of bench/library/RESULTS.md', () => {
    const express = sharesOf('### Express, Node v24.21.0');
    const fastify = sharesOf('### Fastify, Node v24.21.0');
    const rows = rowsOf(section('docs/comparison.md', '## Throughput'));
    const printed = rows.filter((cells) => cells.length === 4).slice(2);
    expect(printed.length).toBeGreaterThan(5);
    expect(printed.map((cells) => cells.slice(0, 3))).toEqual(
      printed.map(([name = '']) => [name, express.get(name), fastify.get(name) ?? '–']),
    );
  });

  it.each([
    ['docs/comparison.md', '## Throughput'],
    ['README.md', '## Performance'],
  ])('has the figures for many users, as %s has', (path, heading) => {
    const measured = rowsOf(section('bench/library/RESULTS.md', '## 3. Many users'))
      .filter(([users = '']) => /^\d+,000$/.test(users))
      .map((cells) => cells.slice(0, 3));
    const rows = rowsOf(section(path, heading)).filter((cells) => cells.length === 3);
    expect(measured.length).toBe(2);
    expect(rows.slice(2)).toEqual(measured);
  });

  it('gives the shares of one user in README.md', () => {
    const shareOf = (adapter: string): string =>
      sharesOf(`### ${adapter}, Node v24.21.0`).get('Patronus') ?? 'none';
    const text = section('README.md', '## Performance');
    expect(text).toContain(`on Express keeps ${shareOf('Express')} of`);
    expect(text).toContain(`On Fastify it keeps ${shareOf('Fastify')}.`);
  });

  it('names the versions that were measured', () => {
    const measured = readFileSync(join(ROOT, 'bench/library/RESULTS.md'), 'utf8');
    const text = readFileSync(join(ROOT, 'docs/comparison.md'), 'utf8');
    const versions = [...text.matchAll(/`([@\w/-]+)` (\d+\.\d+\.\d+)/g)];
    const named = versions.filter(([, name]) => name !== '@nestjs/passport');
    expect(named.length).toBeGreaterThan(6);
    expect(named.filter(([, name, version]) => !measured.includes(`${name} ${version}`))).toEqual(
      [],
    );
  });
});

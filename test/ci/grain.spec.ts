import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../docs/markdown-page.js';

/** A longer file has more than one purpose. */
const MAX_LINES = 300;

const PLATFORM = 'apps/auth-server/src';
/**
 * The platform without what is still to come: roles, organisations, factors. A room that is added
 * raises it by its files; nothing else does.
 */
const PLATFORM_FILES = 218;
/** What one file needs is a part of it, but for what has a test or a size of its own. */
const MAX_SINGLE_IMPORTERS = 1 / 3;

/** The lines of the file in the middle. A shorter one belongs to its user, a longer one is two. */
const MEDIANS = [
  { root: PLATFORM, least: 60, most: 120 },
  // The smallest application that has a file for each role: routes, service and repository.
  { root: 'apps/sample/src', least: 40, most: 120 },
  // Public types and single decorators have files of their own.
  { root: 'libs/patronus/src', least: 45, most: 120 },
];

const IMPORTED = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

/** The source files of a package with their texts, without tests. */
function sourcesIn(root: string): ReadonlyMap<string, string> {
  const files = globSync('**/*.{ts,tsx}', { cwd: join(ROOT, root) })
    .filter((file) => !/\.(?:spec|fixture|d)\.tsx?$/.test(file))
    .map((file) => join(ROOT, root, file));
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
}

const linesOf = (text: string): number => text.split('\n').length - 1;

/** How many other files import each file. */
function importersIn(sources: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const importers = new Map([...sources.keys()].map((file) => [file, new Set<string>()]));
  for (const [file, text] of sources) {
    for (const [, path = ''] of text.matchAll(IMPORTED)) {
      const base = join(dirname(file), path).replace(/\.js$/, '');
      const target = [`${base}.ts`, `${base}.tsx`].find((candidate) => importers.has(candidate));
      if (target !== undefined) importers.get(target)?.add(file);
    }
  }
  return new Map([...importers].map(([file, by]) => [file, by.size]));
}

describe.each(MEDIANS)('the files of $root', ({ root, least, most }) => {
  const sources = sourcesIn(root);

  it('are long enough to read as a whole', () => {
    const lines = [...sources.values()].map(linesOf).toSorted((a, b) => a - b);
    const middle = lines[Math.floor(lines.length / 2)];
    expect(middle).toBeGreaterThanOrEqual(least);
    expect(middle).toBeLessThanOrEqual(most);
  });

  it('are short enough to have one purpose', () => {
    const long = [...sources].filter(([, text]) => linesOf(text) > MAX_LINES);
    expect(long.map(([file]) => file)).toEqual([]);
  });
});

describe('the names of bounds', () => {
  /** `MAX_` and `MIN_` are the words for a bound. */
  const OTHER_WORDS =
    /\bconst ((?:LONGEST|SHORTEST|MOST|LEAST|FEWEST|LARGEST|SMALLEST|HIGHEST|LOWEST|MAXIMUM|MINIMUM)(?:_\w+)?)\b/g;
  const otherNamesIn = (text: string) => [...text.matchAll(OTHER_WORDS)].map(([, name]) => name);

  it.each([...MEDIANS.map(({ root }) => root), 'libs/embedded-database/src'])(
    'begin with MAX_ or MIN_ in %s',
    (root) => expect([...sourcesIn(root).values()].flatMap(otherNamesIn)).toEqual([]),
  );

  it('are found', () => {
    const text = 'export const MOST_WORK = 1;\nconst LONGEST = 2;\nconst MAX_MOST = 3;';
    expect(otherNamesIn(text)).toEqual(['MOST_WORK', 'LONGEST']);
  });
});

describe('the files of the platform', () => {
  const counts = [...importersIn(sourcesIn(PLATFORM)).values()];
  const shareOf = (meets: (importers: number) => boolean) =>
    counts.filter(meets).length / counts.length;

  it('are not too many', () => {
    expect(counts.length).toBeLessThanOrEqual(PLATFORM_FILES);
  });

  it('are shared', () => {
    expect(shareOf((importers) => importers === 1)).toBeLessThanOrEqual(MAX_SINGLE_IMPORTERS);
    // Imports that are not found would count as none.
    expect(shareOf((importers) => importers > 0)).toBeGreaterThan(0.9);
  });
});

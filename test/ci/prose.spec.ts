import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../docs/markdown-page.js';
import { commentsIn, type SourceComment } from './comments.js';

/** Maximum share of doc comments that begin with a word of {@link OPENING}. */
const MOST_OPENINGS = 0.05;
const OPENING = /^(?:What|Who|Whose|Where|When|Whether|How|Which)\b/;

/** Maximum number of words of {@link IDIOM} in a thousand words of comments. */
const MOST_IDIOMS = 1;
const IDIOM = /\b(?:whoever|nobody|somebody|anew|whyever)\b/gi;

/** Maximum number of files that a failure names. */
const NAMED = 10;

type Comments = ReadonlyMap<string, readonly SourceComment[]>;

interface Measure {
  readonly rate: number;
  /** Files with the most findings first: `path: 3 (lines 1, 2, 9)`. */
  readonly worst: readonly string[];
}

/** Measures the share of doc comments that begin with a question word. */
function openingsIn(comments: Comments): Measure {
  const docs = [...comments.values()].flat().filter(isProse);
  return measure(comments, docs.length, (one) => (isProse(one) && OPENING.test(one.text) ? 1 : 0));
}

/** Measures the number of idioms in a thousand words. */
function idiomsIn(comments: Comments): Measure {
  const words = [...comments.values()].flat().flatMap(({ text }) => text.match(/\S+/g) ?? []);
  return measure(comments, words.length / 1000, ({ text }) => text.match(IDIOM)?.length ?? 0);
}

/** Returns true for a doc comment with a description, not only with tags. */
function isProse({ isDoc, text }: SourceComment): boolean {
  return isDoc && text !== '' && !text.startsWith('@');
}

function measure(
  comments: Comments,
  total: number,
  countOf: (comment: SourceComment) => number,
): Measure {
  const files = [...comments].map(([path, all]) => {
    const found = all.filter((one) => countOf(one) > 0);
    const count = found.reduce((sum, one) => sum + countOf(one), 0);
    return { path, count, lines: found.map(({ line }) => line) };
  });
  const sum = files.reduce((all, { count }) => all + count, 0);
  const worst = files
    .filter(({ count }) => count > 0)
    .toSorted((one, other) => other.count - one.count || one.path.localeCompare(other.path))
    .slice(0, NAMED)
    .map(({ path, count, lines }) => `${path}: ${count} (lines ${lines.join(', ')})`);
  return { rate: total === 0 ? 0 : sum / total, worst };
}

/** Reads the sources of a folder, without specs and fixtures. */
function sourcesIn(folder: string): Comments {
  const paths = globSync(`${folder}/src/**/*.{ts,tsx}`, { cwd: ROOT });
  const sources = paths.filter((path) => !/\.(?:spec|fixture)\.tsx?$/.test(path));
  return new Map(
    sources.map((path) => [path, commentsIn(path, readFileSync(join(ROOT, path), 'utf8'))]),
  );
}

const FOLDERS = globSync('{libs,apps}/*/src', { cwd: ROOT }).map((path) => join(path, '..'));

describe('comments', () => {
  it('are found in every library and application', () => {
    expect(FOLDERS).toEqual(
      expect.arrayContaining(['libs/patronus', 'apps/auth-server', 'apps/sample']),
    );
  });

  it.each(FOLDERS.toSorted())('of %s begin with a verb or a noun, without idioms', (folder) => {
    const comments = sourcesIn(folder);
    expect([...comments.values()].flat().filter(isProse).length).toBeGreaterThan(10);
    const [openings, idioms] = [openingsIn(comments), idiomsIn(comments)];
    expect({
      openings: openings.rate > MOST_OPENINGS ? openings.worst : [],
      idioms: idioms.rate > MOST_IDIOMS ? idioms.worst : [],
    }).toEqual({ openings: [], idioms: [] });
  });
});

describe('the measure', () => {
  const measured = (source: string) => {
    const comments: Comments = new Map([['a.ts', commentsIn('a.ts', source)]]);
    return { openings: openingsIn(comments), idioms: idiomsIn(comments) };
  };

  it.each(['What', 'Who', 'Whose', 'Where', 'When', 'Whether', 'How', 'Which'])(
    'counts a doc comment that begins with %s',
    (word) => {
      const { openings } = measured(
        `/** Verifies it. */\nlet a;\n/**\n * ${word} it is.\n */\nlet b;`,
      );
      expect(openings).toEqual({ rate: 0.5, worst: ['a.ts: 1 (lines 3)'] });
    },
  );

  it('counts no other comment, and no tag', () => {
    const { openings } = measured(
      "/** Howl. */\nlet a;\n// What it is.\n/* Who it is. */\n/** @throws Where it fails. */\nlet b = '/** What */';",
    );
    expect(openings).toEqual({ rate: 0, worst: [] });
  });

  it('counts idioms in comments of all kinds, and in nothing else', () => {
    const { idioms } = measured(
      "/** Nobody asks whoever. */\nlet nobody = 'somebody';\nlet b; // made anew: https://example.com",
    );
    expect(idioms).toEqual({ rate: 3 / 0.006, worst: ['a.ts: 3 (lines 1, 3)'] });
  });
});

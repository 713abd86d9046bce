import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../docs/markdown-page.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const readJson = (path: string): Record<string, unknown> => Object(JSON.parse(read(path)));
const keysOf = (value: unknown): readonly string[] => Object.keys(Object(value));

describe('the workspace', () => {
  const scripts = keysOf(readJson('package.json')['scripts']);
  const runs = ['.ci/run', 'scripts/check.mjs', 'scripts/smoke.mjs'].map(read).join('\n');

  /** Returns true for scripts that npm runs before another one, and with `npm ci`. */
  const isHook = (name: string) => name === 'prepare' || /^pre(?!pare)/.test(name);

  /**
   * Returns true if a script is run by `npm run <name>`, in a list of arguments, or as a step of
   * `npm run check`.
   */
  const isRun = (name: string) =>
    new RegExp(`(?:npm (?:run )?(?:--silent )?|'run', ?'|', ')${name}(?=['\\s]|$)`, 'm').test(runs);

  /** A script that takes longer than CI has: each mutant through all tests. */
  const BESIDE_CI = ['mutants'];

  it('has no script that CI does not run', () => {
    expect(scripts.length).toBeGreaterThan(20);
    expect(scripts.filter((name) => !isHook(name) && !isRun(name)).toSorted()).toEqual(BESIDE_CI);
    expect(isRun('drill:oceans')).toBe(false);
  });

  it('has a workflow that runs what CI runs, with the history that its checks need', () => {
    const workflow = read('.github/workflows/ci.yml');
    expect(workflow).toMatch(/^ +- run: bash \.ci\/run$/m);
    expect(workflow).toContain('fetch-depth: 0');
  });

  it('has all applications and libraries in nest-cli.json', () => {
    const folders = globSync('{apps,libs}/*/package.json', { cwd: ROOT }).map((path) =>
      basename(join(path, '..')),
    );
    expect(keysOf(readJson('nest-cli.json')['projects']).toSorted()).toEqual(folders.toSorted());
  });
});

describe('the changesets', () => {
  const packages = globSync('{apps,libs}/*/package.json', { cwd: ROOT }).map(
    (path) => readJson(path)['name'],
  );

  /** The lines between the dashes, as `'@patronus/nestjs': minor`. */
  const bumpsOf = (text: string) => {
    const [, head = ''] = /^---\n(.*?)---\n\n\S/s.exec(text) ?? [];
    return head
      .trim()
      .split('\n')
      .map((line) => /^['"](.+)['"]: (?:major|minor|patch)$/.exec(line)?.[1]);
  };

  it('each name a package of the workspace, and how it changes', () => {
    const paths = globSync('.changeset/*.md', { cwd: ROOT });
    const wrong = paths.filter(
      (path) => !bumpsOf(read(path)).every((one) => packages.includes(one)),
    );
    expect(wrong).toEqual([]);
    expect(bumpsOf("---\n'@patronus/nestjs': minor\n---\n\nText.\n")).toEqual(['@patronus/nestjs']);
    expect(bumpsOf('No front matter.')).toEqual([undefined]);
  });
});

describe('the package', () => {
  const manifest = readJson('libs/patronus/package.json');

  it('tells TypeScript without "exports" the same types', () => {
    const typesOf = new Map<string, unknown>(
      Object.entries(Object(manifest['exports']))
        .filter(([path]) => path !== './package.json')
        .map(([path, targets]) => [path.slice(2), Object(targets).types]),
    );
    const { '*': paths } = Object(manifest['typesVersions']);
    const told = Object.entries(Object(paths)).map(([path, types]) => [path, Object(types)[0]]);
    expect(manifest['types']).toBe(typesOf.get(''));
    typesOf.delete('');
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(typesOf));
  });
});

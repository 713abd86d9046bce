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

  /** Scripts that take longer than CI has: all tests once more, and each mutant through them. */
  const BESIDE_CI = ['coverage', 'mutants'];

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

describe('the versions of Node.js', () => {
  const manifests = globSync('{package.json,{apps,libs}/*/package.json}', { cwd: ROOT });
  const engineOf = (path: string): unknown => Object(readJson(path)['engines']).node;
  const rangeOf = (path: string): readonly string[] => String(engineOf(path)).split(' || ');

  it('are the same for everything that is started here, and more for the library', () => {
    const needed = engineOf('package.json');
    expect(needed).toBe('^22.12.0 || >=24.0.0');
    const others = manifests.filter((path) => engineOf(path) !== needed);
    expect(others).toEqual(['libs/patronus/package.json']);
    expect(rangeOf('libs/patronus/package.json')).toEqual(
      expect.arrayContaining([...rangeOf('package.json')]),
    );
  });

  it.each(['README.md', 'apps/auth-server/README.md', 'apps/sample/README.md'])(
    'stand in %s',
    (path) => expect(read(path)).toMatch(/Node\.js\s22\.12, or\s24 and later/),
  );
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

  /**
   * Dependencies that no source imports. The types of `@nestjs/cache-manager` 12 import `cacheable`, and its
   * manifest does not name it: an application with `skipLibCheck: false` would not compile.
   */
  const FOR_OTHERS = ['cacheable'];

  it('has no dependency without a use', () => {
    const sources = globSync('libs/patronus/src/**/*.ts', { cwd: ROOT })
      .filter((path) => !path.endsWith('.spec.ts'))
      .map(read)
      .join('\n');
    const isImported = (name: string) =>
      new RegExp(`(?:from|import\\()\\s*'${name}['/]`).test(sources);
    const unused = keysOf(manifest['dependencies']).filter((name) => !isImported(name));
    expect(unused).toEqual(FOR_OTHERS);
    const types = 'node_modules/@nestjs/cache-manager/dist/interfaces/cache-manager.interface.d.ts';
    expect(read(types)).toContain("from 'cacheable'");
    expect(
      keysOf(readJson('node_modules/@nestjs/cache-manager/package.json')['dependencies']),
    ).toEqual([]);
  });

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

import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { compilerOptions, messagesOf } from './compiler.js';
import { MarkdownPage, ROOT, type Snippet } from './markdown-page.js';

const GUIDES = globSync('docs/**/*.md', { cwd: ROOT }).toSorted();
const PAGES = [
  'README.md',
  'libs/patronus/README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'bench/README.md',
  'apps/auth-server/README.md',
  'apps/sample/README.md',
  ...GUIDES,
].map((path) => new MarkdownPage(path));

/** Pages with the files of a project, which a separate test compiles and runs. */
const PROJECTS = ['docs/start.md', 'docs/migrating/from-passport-jwt.md'];

/**
 * Returns the messages of the compiler for the snippets, as `place: message`. They are one program,
 * for speed.
 */
function errorsIn(snippets: readonly Snippet[]): readonly string[] {
  const options = compilerOptions();
  const files = new Map(
    snippets.map((snippet, index) => [join(ROOT, 'test', `snippet-${index}.ts`), snippet]),
  );
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = ts.sys;
  host.readFile = (file) => files.get(file)?.code ?? readFile(file);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  const program = ts.createProgram([...files.keys()], options, host);
  return messagesOf(program, (file) => files.get(file)?.place ?? file);
}

/** Returns the broken links of a page. */
function deadLinks(page: MarkdownPage): readonly string[] {
  return page.links.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const path = file === '' ? page.path : normalize(join(dirname(page.path), file));
    if (!existsSync(join(ROOT, path))) return true;
    if (anchor === undefined) return false;
    const target = file === '' ? page : new MarkdownPage(path);
    return !target.anchors.has(anchor);
  });
}

function isJson(code: string): boolean {
  try {
    return JSON.parse(code) !== undefined;
  } catch {
    return false;
  }
}

describe('the documentation', () => {
  it('has code that compiles, and would notice code that does not', () => {
    const snippets = PAGES.flatMap((page) => page.snippets('ts'));
    const code = "import { RequirePermission } from '@patronus/nestjs';\nRequirePermission;\n";
    expect(snippets.length).toBeGreaterThan(20);
    expect(errorsIn([...snippets, { place: 'stale', code }])).toEqual([
      expect.stringMatching(/^stale: .*RequirePermission/),
    ]);
  }, 60_000);

  it('has no code that escapes the compiler', () => {
    const left = PAGES.flatMap((page) => page.uncompiled);
    const project = left.filter((place) => PROJECTS.some((page) => place.startsWith(`${page}:`)));
    const foreign = left.filter((place) => place.endsWith(' before'));
    expect(left.filter((place) => ![...project, ...foreign].includes(place))).toEqual([]);
    expect(foreign).toHaveLength(2); // Needs packages that are not installed here.
    const escapes = '```ts later\n```\n\n1. One:\n\n   ```ts\n   ```\n\n```ts\n```\n';
    expect(new MarkdownPage('docs/a.md', escapes).uncompiled).toEqual([
      'docs/a.md:1 ts later',
      'docs/a.md:6 ts',
    ]);
  });

  it('has examples of tokens and answers that are JSON', () => {
    const examples = PAGES.flatMap((page) => page.snippets('json'));
    expect(examples.length).toBeGreaterThan(8);
    expect(examples.filter(({ code }) => !isJson(code)).map(({ place }) => place)).toEqual([]);
    expect(isJson('{ "aud": "patients-api", }')).toBe(false);
  });

  it.each(PAGES)('has links in $path that lead somewhere', (page) => {
    expect(deadLinks(page)).toEqual([]);
  });

  it('would notice a link that leads nowhere', () => {
    const text = [
      '# The `page`, and (more)\n\n## Twice\n\n## Twice\n',
      '[a](#the-page-and-more) [b](#twice-1) [c](../README.md) [d](https://gone.example)',
      '[e](#twice-2) [f](gone.md) [g](../README.md#gone) `[h](gone.md)`',
      '\n```md\n[i](gone.md)\n```\n',
    ].join('\n');
    expect(deadLinks(new MarkdownPage('docs/README.md', text))).toEqual([
      '#twice-2',
      'gone.md',
      '../README.md#gone',
    ]);
  });

  it('has an index that leads to every guide', () => {
    const listed = new Set<string>();
    const follow = (path: string) => {
      for (const link of new MarkdownPage(path).links) {
        const target = normalize(join(dirname(path), link.split('#')[0] ?? ''));
        if (listed.has(target)) continue;
        listed.add(target);
        if (target.startsWith('docs/') && basename(target) === 'README.md') follow(target);
      }
    };
    follow('docs/README.md');
    const guides = GUIDES.filter((path) => path !== 'docs/README.md');
    expect(guides.filter((path) => !listed.has(path))).toEqual([]);
  });
});

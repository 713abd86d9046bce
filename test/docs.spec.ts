import { existsSync, globSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { MarkdownPage, ROOT, type Snippet } from './markdown-page.js';

const GUIDES = globSync('docs/**/*.md', { cwd: ROOT }).toSorted();
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...GUIDES].map(
  (path) => new MarkdownPage(path),
);

/** What the compiler says of the snippets, as `place: message`. They are one program, for speed. */
function errorsIn(snippets: readonly Snippet[]): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.test.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const lenient = {
    ...options,
    noUnusedLocals: false,
    moduleDetection: ts.ModuleDetectionKind.Force,
  };
  const files = new Map(
    snippets.map((snippet, index) => [join(ROOT, 'test', `snippet-${index}.ts`), snippet]),
  );
  const host = ts.createCompilerHost(lenient);
  const { readFile, fileExists } = ts.sys;
  host.readFile = (file) => files.get(file)?.code ?? readFile(file);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  const program = ts.createProgram([...files.keys()], lenient, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const place = file && (files.get(file.fileName)?.place ?? file.fileName);
    return `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

/** The links of a page that lead nowhere. */
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
    const index = new MarkdownPage('docs/README.md');
    const listed = index.links.map((link) => normalize(join('docs', link.split('#')[0] ?? '')));
    const guides = GUIDES.filter((path) => path !== 'docs/README.md');
    expect(guides.filter((path) => !listed.includes(path))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { MarkdownPage, ROOT } from './markdown-page.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('docs/installing.md', () => {
  it('lists the versions that the package asks for', () => {
    const { peerDependencies } = JSON.parse(read('libs/patronus/package.json'));
    const [, table = ''] = /^## Versions\n([\s\S]*?)^## /m.exec(read('docs/installing.md')) ?? [];
    const rows = [...table.matchAll(/^\| `([^`]+)` +\| `([^`]+)`/gm)];
    const listed = rows.map(([, name = '', range = '']) => [name, range.replaceAll('\\|', '|')]);
    expect(Object.fromEntries(listed)).toEqual(peerDependencies);
  });
});

describe('README.md', () => {
  /** Packages that the Nest CLI installs, and those that TypeScript and Node.js bring. */
  const PRESENT = /^(?:@nestjs\/(?:common|core|testing|platform-express)|rxjs|node:.*)$/;

  it('names the packages of each snippet before it', () => {
    const page = new MarkdownPage('README.md');
    const lineOf = (place: string) => Number(place.split(':')[1]);
    const installs = page.snippets('sh').map(({ place, code }) => ({ line: lineOf(place), code }));
    const imports = page
      .snippets('ts')
      .flatMap(({ place, code }) =>
        [...code.matchAll(/ from '((?:@[^/']+\/)?[^/']+)/g)].map(([, name = '']) => ({
          name,
          line: lineOf(place),
        })),
      )
      .filter(({ name }) => !PRESENT.test(name));
    expect(imports.length).toBeGreaterThan(10);
    const missing = imports.filter(
      ({ name, line }) =>
        !installs.some((one) => one.line < line && one.code.split(/\s+/).includes(name)),
    );
    expect(missing).toEqual([]);
  });
});

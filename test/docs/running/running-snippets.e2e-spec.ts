import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { plainEnvironment } from '../../environment/plain-environment.js';
import { MarkdownPage, ROOT, type Snippet } from '../markdown-page.js';

const PAGES = ['README.md', 'libs/patronus/README.md', ...globSync('docs/**/*.md', { cwd: ROOT })];

/** Snippets that only run inside of other code, with the pattern that identifies each. */
const PARTS = [
  ['a part of a test', /from '@jest\/globals'/],
  ['a part of a class or of a function', /^declare const /m],
  ['a caller of an application that runs', /fetch\('http:\/\/localhost/],
] as const;

const isWhole = ({ code }: Snippet) => !PARTS.some(([, mark]) => mark.test(code));

const ENVIRONMENT = {
  ...plainEnvironment(),
  ISSUER: 'https://id.novah.example',
  DATABASE_URL: 'postgres://127.0.0.1/novah',
  DPOP_NONCE_SECRET: 'b'.repeat(43),
  INTROSPECTION_SECRET: 'secret',
  KEYCLOAK_SECRET: 'secret',
  PLATFORM_SECRET: 'secret',
  SUPABASE_KEY: 'secret',
};

/** Returns the errors of the snippets when each is imported, in a separate process. */
async function failuresOf(snippets: readonly Snippet[]): Promise<readonly string[]> {
  const hooks = join(ROOT, 'test/environment/typescript.hooks.mjs');
  const args = ['--import', hooks, join(import.meta.dirname, 'run-snippets.mjs')];
  const child = spawn(process.execPath, args, {
    env: ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(snippets));
  return JSON.parse(await text(child.stdout));
}

describe('the code of the documentation', () => {
  const snippets = PAGES.flatMap((path) => new MarkdownPage(path).snippets('ts'));
  const whole = snippets.filter(isWhole);

  it('runs, and a snippet that does not would be noticed', async () => {
    const broken = {
      place: 'broken',
      code: "import { Public } from '@patronus/nestjs';\nPublic.x();",
    };
    expect(whole.length).toBeGreaterThan(80);
    expect(await failuresOf([...whole, broken])).toEqual([expect.stringMatching(/^broken: /)]);
  });

  it('is left out only where it is a part of something else', () => {
    expect(snippets.length - whole.length).toBeLessThan(10);
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const HOOKS = join(import.meta.dirname, '../environment/typescript.hooks.mjs');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-copies-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(script: string, option: string): Promise<unknown> {
  const path = join(import.meta.dirname, script);
  const args = ['--no-warnings', '--import', HOOKS, path, folder, option];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

describe('decorators of a second copy of the package', () => {
  const startWith = (format: number) => run('two-copies.mjs', String(format));

  it('know the caller and the tenant, and the log says where both copies are', async () => {
    expect(await startWith(1)).toEqual({
      answer: { user: 'ana', tenant: 'norte' },
      warnings: [
        expect.stringMatching(
          /^@patronus\/nestjs is loaded 2 times, from file:.*\/libs\/patronus and file:.*\/second\/@patronus\/nestjs\. .*npm ls @patronus\/nestjs/,
        ),
      ],
    });
  });

  it('stop the start where they could not know them, which names both places', async () => {
    expect(await startWith(2)).toEqual({
      error: expect.stringMatching(
        /loaded 2 times, from file:.*\/libs\/patronus and file:.*\/second\/@patronus\/nestjs\. @CurrentUser\(\)/,
      ),
      warnings: [],
    });
  });
});

describe('AuthGuard of a second copy of the package', () => {
  const startWith = (coverage: string) => run('two-copies-guards.mjs', coverage);

  it('is no AuthGuard of the first one, whose options it does not know', async () => {
    expect(await startWith('report')).toEqual({
      table: [
        {
          handler: 'NotesController.other',
          guards: ['AuthGuard of another copy of @patronus/nestjs'],
          missingGuards: ['AuthGuard'],
        },
        { handler: 'NotesController.own', guards: ['AuthGuard'], missingGuards: [] },
      ],
      // The accounts of the first module would refuse every caller.
      answers: [401, 200],
    });
  });

  it('stops the start of an application that enforces its coverage', async () => {
    expect(await startWith('enforce')).toEqual({
      error: expect.stringMatching(
        /^coverage: 1 handler has a rule that no guard enforces: GET \/other \(NotesController\.other\) lacks AuthGuard\./,
      ),
    });
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const HOOKS = join(import.meta.dirname, '../environment/typescript.hooks.mjs');
const SCRIPT = join(import.meta.dirname, 'two-copies.mjs');

describe('decorators of a second copy of the package', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patronus-copies-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function startWith(format: number): Promise<unknown> {
    const args = ['--no-warnings', '--import', HOOKS, SCRIPT, folder, String(format)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout);
  }

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

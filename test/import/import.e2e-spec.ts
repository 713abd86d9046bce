import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ENTRIES, installedWith, OPTIONAL_PEERS, ROOT } from './installed-packages.js';

const HOOKS = join(ROOT, 'test/environment/typescript.hooks.mjs');

/** Returns the packages that a separate process loads that imports nothing else. */
async function loadedBy(entry: string): Promise<readonly string[]> {
  const args = ['--import', HOOKS, join(import.meta.dirname, 'loaded-packages.mjs'), entry];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/** Vitest is installed beside its own tests, in `test/vitest`, which load the entry. */
const LOADED = ENTRIES.filter(({ peers }) => !peers.includes('vitest'));

describe('importing', () => {
  it.each(LOADED)('$entry loads its own peers, and no other', async ({ entry, peers }) => {
    const loaded = await loadedBy(entry);
    const own = loaded.filter((name) => OPTIONAL_PEERS.includes(name));
    expect(own.toSorted()).toEqual(peers.toSorted());
    const installed = installedWith(peers);
    expect(loaded.filter((name) => !installed.has(name))).toEqual([]);
  });

  it('@patronus/nestjs loads what it needs at once, and leaves the rest to who asks for it', async () => {
    const loaded = await loadedBy('@patronus/nestjs');
    expect(loaded).toEqual(expect.arrayContaining(['@nestjs/core', 'nestjs-cls', 'passport']));
    expect(loaded).not.toContain('jwks-rsa');
    expect(loaded).not.toContain('undici');
    expect(loaded).not.toContain('commander');
  });

  it('knows no peer but those of the package', () => {
    const expected = ENTRIES.flatMap(({ peers }) => peers);
    expect(expected.filter((name) => !OPTIONAL_PEERS.includes(name))).toEqual([]);
    expect(OPTIONAL_PEERS.filter((name) => installedWith([]).has(name))).toEqual([]);
  });
});

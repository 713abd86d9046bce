import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EmbeddedClusterError } from './embedded-cluster.error.js';
import { FolderLock } from './folder-lock.js';
import { isRunning, ownStart } from './process-identity.js';

/** No process has this number: it is above the highest that Linux gives. */
const NOBODY = 4_194_305;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patronus-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function take(at = folder): Promise<FolderLock> {
  return FolderLock.take(at, 'DATA_FOLDER');
}

function leave(host: string, pid: number, start: number): string {
  const name = `owner.${host}.${pid}.${start}.lock`;
  writeFileSync(join(folder, name), '');
  return name;
}

describe('FolderLock', () => {
  it('is held until it is released', async () => {
    const lock = await take();
    await expect(take()).rejects.toThrow(EmbeddedClusterError);
    await expect(take()).rejects.toThrow(
      `The data folder ${folder} is in use by process ${process.pid}: stop that process, or choose another folder with DATA_FOLDER.`,
    );
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    (await take()).release();
  });

  it('is taken over from processes that ended', async () => {
    leave(hostname(), NOBODY, 1);
    leave(hostname(), NOBODY, 2);
    const lock = await take();
    expect(readdirSync(folder)).toEqual([`owner.${hostname()}.${process.pid}.${ownStart()}.lock`]);
    lock.release();
  });

  it('is taken over where the number belongs to a younger process by now', async () => {
    leave(hostname(), process.ppid, 1);
    const lock = await take();
    expect(readdirSync(folder)).toHaveLength(1);
    lock.release();
  });

  it('is left to another machine, of whose processes nobody knows here', async () => {
    const name = leave('another.example', NOBODY, 1);
    await expect(take()).rejects.toThrow(
      `in use by process ${NOBODY} on another.example: stop that process and remove ${join(folder, name)}, or choose another folder with DATA_FOLDER.`,
    );
    expect(readdirSync(folder)).toEqual([name]);
  });

  it('names the setting where the folder takes no file', async () => {
    const missing = join(folder, 'missing');
    await expect(take(missing)).rejects.toThrow(EmbeddedClusterError);
    await expect(take(missing)).rejects.toThrow(
      /^DATA_FOLDER: \S+\/missing cannot be written: .*ENOENT.*; choose another folder\.$/,
    );
  });

  it('takes no other file for an owner', async () => {
    writeFileSync(join(folder, 'owner.lock'), '');
    writeFileSync(join(folder, 'notes.txt'), '');
    (await take()).release();
    expect(readdirSync(folder)).toEqual(['notes.txt', 'owner.lock']);
  });
});

describe('isRunning', () => {
  it('knows this process by its number and its start', () => {
    expect(isRunning(process.pid, ownStart())).toBe(true);
    expect(isRunning(process.pid, ownStart() + 1)).toBe(false);
    expect(isRunning(NOBODY, ownStart())).toBe(false);
  });
});

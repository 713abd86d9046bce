import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EmbeddedCluster } from './embedded-cluster.js';
import { EmbeddedClusterError } from './embedded-cluster.error.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patronus-cluster-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(at = folder, name = 'notes'): Promise<EmbeddedCluster> {
  return EmbeddedCluster.open({ folder: at, setting: 'NOTES_DATA', name });
}

function locks(): string[] {
  return readdirSync(folder).filter((file) => file.endsWith('.lock'));
}

async function expectRefusal(opening: Promise<EmbeddedCluster>, message: RegExp): Promise<void> {
  await expect(opening).rejects.toThrow(EmbeddedClusterError);
  await expect(opening).rejects.toThrow(message);
}

async function keepOneRow(): Promise<void> {
  const cluster = await open();
  await cluster.pglite.exec("create table notes (text text); insert into notes values ('kept')");
  await cluster.close();
}

async function rows(): Promise<unknown[]> {
  const cluster = await open();
  try {
    return (await cluster.pglite.query('select text from notes')).rows;
  } finally {
    await cluster.close();
  }
}

describe('EmbeddedCluster', () => {
  it('keeps its data in a folder that it makes', async () => {
    const made = join(folder, 'not', 'yet');
    const cluster = await open(made);
    expect(cluster.folder).toBe(made);
    const { rows: found } = await cluster.pglite.query('select 1 as one');
    expect(found).toEqual([{ one: 1 }]);
    await cluster.close();
    expect(readdirSync(made)).toEqual(['cluster']);
  });

  it('finds its data again', async () => {
    await keepOneRow();
    expect(await rows()).toEqual([{ text: 'kept' }]);
  });

  it('is not opened twice at once', async () => {
    const cluster = await open();
    await expectRefusal(open(), /in use by process \d+: stop that process, .* with NOTES_DATA\.$/);
    expect(locks()).toHaveLength(1);
    await cluster.close();
  });

  it('lets the folder go once PGlite has ended, and is closed twice without harm', async () => {
    const cluster = await open();
    const first = cluster.close();
    expect(locks()).toHaveLength(1);
    await Promise.all([first, cluster.close()]);
    expect(cluster.pglite.closed).toBe(true);
    expect(locks()).toEqual([]);
    const next = await open();
    await cluster.close();
    expect(locks()).toHaveLength(1);
    await next.close();
  });

  it('leaves the data of another application alone', async () => {
    await keepOneRow();
    await expectRefusal(
      open(folder, 'letters'),
      /^The data in \S+\/cluster belongs to notes\. Choose another folder with NOTES_DATA\.$/,
    );
    expect(locks()).toEqual([]);
    expect(await rows()).toEqual([{ text: 'kept' }]);
  });

  it('makes files again that a process left unfinished', async () => {
    const unfinished = join(folder, 'cluster', 'base', 'unfinished');
    mkdirSync(unfinished, { recursive: true });
    await (await open()).close();
    expect(existsSync(unfinished)).toBe(false);
    expect(existsSync(join(folder, 'cluster', 'notes.complete'))).toBe(true);
  });

  it('names the data that cannot be read, and frees the folder', async () => {
    await keepOneRow();
    rmSync(join(folder, 'cluster', 'global'), { recursive: true });
    await expectRefusal(
      open(),
      /^The data in \S+\/cluster cannot be read\. Remove that folder to start over, or choose another one with NOTES_DATA\.$/,
    );
    expect(locks()).toEqual([]);
  });

  it('names a folder that cannot be made', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expectRefusal(
      open(join(file, 'data')),
      /^NOTES_DATA: \S+\/file\/data cannot be made: .*ENOTDIR.*; choose another folder\.$/,
    );
  });

  it('names a folder that cannot be read', async () => {
    writeFileSync(join(folder, 'cluster'), 'of somebody else');
    await expectRefusal(
      open(),
      /^NOTES_DATA: \S+\/cluster cannot be read: .*ENOTDIR.*; choose another folder\.$/,
    );
    expect(readdirSync(folder)).toEqual(['cluster']);
  });

  it('names a folder that cannot be written', async () => {
    const longerThanFilesMayBe = 'n'.repeat(300);
    await expectRefusal(
      open(folder, longerThanFilesMayBe),
      /^NOTES_DATA: \S+ cannot be written: .*ENAMETOOLONG.*; choose another folder\.$/,
    );
    expect(locks()).toEqual([]);
  });
});

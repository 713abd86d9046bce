import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keepEmptyCluster } from './empty-cluster.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patronus-empty-cluster-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('keepEmptyCluster', () => {
  it('creates the files of one database, also if it is called twice at once', async () => {
    const output = join(folder, 'dist');
    const [one, other] = await Promise.all([keepEmptyCluster(output), keepEmptyCluster(output)]);
    expect(other).toBe(one);
    expect(readdirSync(output)).toEqual([basename(one)]);
    expect(await keepEmptyCluster(output)).toBe(one);
    const database = await PGlite.create(one);
    expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await database.close();
  });

  it('fails where it cannot write, and leaves nothing there', async () => {
    const output = join(folder, 'file');
    writeFileSync(output, '');
    await expect(keepEmptyCluster(output)).rejects.toThrow('EEXIST');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/pglite');
const MANIFEST = fileURLToPath(
  new URL('../package.json', import.meta.resolve('@electric-sql/pglite')),
);

/**
 * Starts a PGlite in memory from files that are created once, because that takes seconds.
 *
 * @param prepare further work that is done once, such as creating tables
 * @param version identifies the work of `prepare`: another version has separate files
 */
export async function startPGlite(
  prepare: (pglite: PGlite) => Promise<void> = () => Promise.resolve(),
  version = '',
): Promise<PGlite> {
  const hash = createHash('sha256').update(readFileSync(MANIFEST)).update(version);
  const file = join(CACHE, `${hash.digest('hex').slice(0, 16)}.tar`);
  return PGlite.create({ loadDataDir: new Blob([await keptFiles(file, prepare)]) });
}

async function keptFiles(
  file: string,
  prepare: (pglite: PGlite) => Promise<void>,
): Promise<Buffer<ArrayBuffer>> {
  try {
    return readFileSync(file);
  } catch {
    const files = await newFiles(prepare);
    mkdirSync(CACHE, { recursive: true });
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, files);
    renameSync(draft, file);
    return files;
  }
}

async function newFiles(prepare: (pglite: PGlite) => Promise<void>): Promise<Buffer<ArrayBuffer>> {
  const pglite = await PGlite.create();
  try {
    await prepare(pglite);
    const files = await pglite.dumpDataDir('none');
    return Buffer.from(await files.arrayBuffer());
  } finally {
    await pglite.close();
  }
}

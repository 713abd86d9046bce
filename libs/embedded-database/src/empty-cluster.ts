import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

const OUTPUT = fileURLToPath(new URL('../dist/', import.meta.url));

/**
 * Creates the files of an empty database. This takes seconds, so they are stored beside the compiled code, where
 * the build puts them.
 *
 * @param output folder that they are stored in
 * @returns the folder of the files
 */
export async function keepEmptyCluster(output = OUTPUT): Promise<string> {
  const kept = join(output, `empty-cluster-${versionOfPGlite()}`);
  if (existsSync(kept)) return kept;
  mkdirSync(output, { recursive: true });
  const draft = `${kept}.${randomUUID()}`;
  try {
    await (await PGlite.create(draft)).close();
    renameSync(draft, kept);
  } catch (error) {
    // Of two processes that create it at once, the first one wins.
    if (!existsSync(kept)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return kept;
}

function versionOfPGlite(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const text = readFileSync(join(dirname(entry), '../package.json'), 'utf8');
  return /"version":\s*"([\w.-]+)"/.exec(text)?.[1] ?? 'unknown';
}

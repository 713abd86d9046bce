import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

const OUTPUT = fileURLToPath(new URL('../dist/', import.meta.url));

/**
 * Creates the files of an empty database, which takes seconds. They are kept beside the compiled
 * code, where the build puts them.
 *
 * @returns the folder of the files
 */
export async function keepEmptyCluster(): Promise<string> {
  const kept = join(OUTPUT, `empty-cluster-${versionOfPGlite()}`);
  if (existsSync(kept)) return kept;
  mkdirSync(OUTPUT, { recursive: true });
  const draft = `${kept}.${randomUUID()}`;
  try {
    await (await PGlite.create(draft)).close();
    renameSync(draft, kept);
  } catch (error) {
    // If two processes create them at once, the files of the first one stay.
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

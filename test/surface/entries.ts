import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const LIBRARY = join(import.meta.dirname, '../../libs/patronus');

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

/** Entry of the package: its declaration file as package.json names it, and a name for a file. */
export interface Entry {
  readonly name: string;
  readonly types: string;
}

/** Returns everything in "exports" that has types. */
export function readEntries(): readonly Entry[] {
  const { exports }: Manifest = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === 'string') return [];
    const name = path === '.' ? 'index' : path.slice(2).replaceAll('/', '-');
    return [{ name, types: join(LIBRARY, target.types) }];
  });
}

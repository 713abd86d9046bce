import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../markdown-page.js';

const LIBRARY = 'libs/patronus';

/** Entry that an application may import. */
export interface PublicEntry {
  /** Name of the entry: `@patronus/nestjs/jwt`. */
  readonly name: string;
  /** Page of the entry: `docs/reference/jwt.md`. */
  readonly page: string;
  /** Index of the entry, as an absolute path. */
  readonly source: string;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Returns the entries that the library's `package.json` names under "exports", code only. */
export function publicEntries(): readonly PublicEntry[] {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, LIBRARY, 'package.json'), 'utf8'));
  if (!isRecord(manifest) || !isRecord(manifest['exports'])) throw new Error('no exports');
  return Object.entries(manifest['exports']).flatMap(([path, target]) => {
    const types = isRecord(target) ? target['types'] : undefined;
    if (typeof types !== 'string') return [];
    const source = types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts');
    const subject = path === '.' ? 'nestjs' : path.slice(2).replaceAll('/', '-');
    return {
      name: `@patronus/nestjs${path.slice(1)}`,
      page: `docs/reference/${subject}.md`,
      source: join(ROOT, LIBRARY, source),
    };
  });
}

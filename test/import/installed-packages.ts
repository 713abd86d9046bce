import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const readJson = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

const manifest: Manifest = readJson('libs/patronus/package.json');
const locked: Readonly<Record<string, Manifest>> = readJson('package-lock.json').packages;
const peersOf: Readonly<Record<string, readonly string[]>> = readJson(
  'test/package/entry-peers.json',
);

const isOptional = ({ peerDependenciesMeta = {} }: Manifest, name: string) =>
  peerDependenciesMeta[name]?.optional === true;

/** Peers that an application installs only if it needs them. */
export const OPTIONAL_PEERS = Object.keys(manifest.peerDependencies ?? {}).filter((name) =>
  isOptional(manifest, name),
);

/** Entries of "exports", each with the optional peers that it is made for. */
export const ENTRIES = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .map((path) => ({
    entry: `@patronus/nestjs${path.slice(1)}`,
    peers: peersOf[path.slice(2)] ?? [],
  }));

/**
 * Returns the packages that npm installs for the library and for these of its peers, their
 * dependencies included.
 */
export function installedWith(peers: readonly string[]): ReadonlySet<string> {
  const found = new Set([...neededBy(manifest), ...peers]);
  for (const name of found) {
    const versions = Object.keys(locked).filter((path) => path.endsWith(`node_modules/${name}`));
    for (const path of versions) for (const one of neededBy(locked[path])) found.add(one);
  }
  return found;
}

function neededBy(needing: Manifest = { exports: {} }): readonly string[] {
  const { dependencies = {}, peerDependencies = {} } = needing;
  const peers = Object.keys(peerDependencies).filter((name) => !isOptional(needing, name));
  return [...Object.keys(dependencies), ...peers];
}

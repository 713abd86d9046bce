import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './step.mjs';

export const ROOT = join(import.meta.dirname, '../..');
const LIBRARY = join(ROOT, 'libs/patronus');

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const { exports, engines, peerDependencies, peerDependenciesMeta } = readJson(
  join(LIBRARY, 'package.json'),
);
const PEERS_OF_ENTRIES = readJson(join(import.meta.dirname, 'entry-peers.json'));

/** The peers of the package with their ranges. */
export const PEERS = peerDependencies;

/** The oldest version of each line of Node.js that the package says it runs on. */
export const OLDEST_NODES = engines.node.match(/\d+\.\d+\.\d+/g);

/** The peers that npm does not install by itself. */
export const OPTIONAL_PEERS = Object.keys(peerDependenciesMeta);

/** Entries that an application needs for their types alone, and those that a test runner loads. */
const TYPES_ONLY = new Set(['./pino', './testing/jest', './testing/vitest']);

/** Those entries. */
export const TYPE_ENTRIES = [...TYPES_ONLY].map((path) => ({
  name: `@patronus/nestjs${path.slice(1)}`,
}));

/** The entries: `@patronus/nestjs/casl`, and the optional peers that it does not load without. */
export const ENTRIES = Object.keys(exports)
  .filter((path) => path !== './package.json' && !TYPES_ONLY.has(path))
  .map((path) => ({
    name: `@patronus/nestjs${path.slice(1)}`,
    peers: PEERS_OF_ENTRIES[path.slice(2)] ?? [],
  }));

/** Packs the built library into a folder, and gives the path of the file and of all that is in it. */
export async function pack(folder) {
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
  const [{ filename, files }] = JSON.parse(await run('npm', args, LIBRARY));
  return { file: join(folder, filename), contents: files.map(({ path }) => path) };
}

/** Returns the faults in the contents of the packed file. */
export function problemsOf(contents) {
  const missing = ['LICENSE', 'README.md'].filter((page) => !contents.includes(page));
  const foreign = contents.filter((path) => /\.tsbuildinfo$|\.spec\./.test(path));
  const stale = contents.filter((path) => {
    const [, built] = /^dist\/(.+)\.js$/.exec(path) ?? [];
    return built !== undefined && !existsSync(join(LIBRARY, 'src', `${built}.ts`));
  });
  return [
    ...missing.map((path) => `${path} is not in the package`),
    ...foreign.map((path) => `${path} has no place in the package`),
    ...stale.map((path) => `${path} has no source any more: remove libs/patronus/dist, and build`),
  ];
}

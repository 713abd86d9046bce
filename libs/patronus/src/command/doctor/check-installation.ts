import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { error, type Finding, ok } from './finding.js';

/**
 * Packages that break if two copies are installed: injection tokens and stores are compared by
 * identity.
 */
const SINGLETONS = ['@patronus/nestjs', '@nestjs/core', 'nestjs-cls'] as const;

/**
 * Returns true for versions in the `engines` of the package: `^20.19.0 || ^22.12.0 || >=24.0.0`.
 */
function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 20) return minor >= 19;
  return major === 22 ? minor >= 12 : major >= 24;
}

export function checkNode(version = process.versions.node): Finding {
  return isSupported(version)
    ? ok('node_version', `Node.js ${version} is supported.`)
    : error('node_version', `Node.js ${version} is not supported.`, 'Use 20.19, 22.12 or 24.');
}

/** Lists the directories of packages in a `node_modules`, including scoped ones. */
function packagesIn(modules: string): readonly string[] {
  return readdirSync(modules, { withFileTypes: true }).flatMap((entry) => {
    const path = join(modules, entry.name);
    if (!entry.name.startsWith('@') || !entry.isDirectory()) return [path];
    return readdirSync(path).map((name) => join(path, name));
  });
}

/**
 * Yields the real path of each singleton below a `node_modules`. `.pnpm` is a folder like a
 * package.
 */
function* copiesIn(
  modules: string,
  seen = new Set<string>(),
): Generator<readonly [name: string, path: string]> {
  if (!existsSync(modules)) return;
  // Packages of a workspace link to each other.
  const real = realpathSync(modules);
  if (seen.has(real)) return;
  seen.add(real);
  for (const name of SINGLETONS) {
    const path = join(modules, name);
    if (existsSync(join(path, 'package.json'))) yield [name, realpathSync(path)];
  }
  const stores = join(modules, '.pnpm');
  const parents = existsSync(stores) ? readdirSync(stores).map((name) => join(stores, name)) : [];
  for (const path of [...packagesIn(modules), ...parents])
    yield* copiesIn(join(path, 'node_modules'), seen);
}

/** Finds two copies of one package in the `node_modules` of a directory. */
export function checkDuplicates(directory: string): readonly Finding[] {
  const copies = new Map<string, Set<string>>();
  for (const [name, path] of copiesIn(join(directory, 'node_modules'))) {
    copies.set(name, (copies.get(name) ?? new Set()).add(path));
  }
  const twice = [...copies].filter(([, paths]) => paths.size > 1);
  if (twice.length === 0) return [ok('packages', `No second copy of ${SINGLETONS.join(', ')}.`)];
  return twice.map(([name, paths]) =>
    error(
      'package_duplicate',
      `${name} is installed ${paths.size} times: ${[...paths].join(', ')}.`,
      `Let all depend on one version; see npm explain ${name}, then npm dedupe.`,
    ),
  );
}

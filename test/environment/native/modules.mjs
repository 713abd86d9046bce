import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Options with which Jest's transformer compiles a source. */
export const AS_MODULE = {
  supportsDynamicImport: true,
  supportsExportNamespaceFrom: true,
  supportsStaticESM: true,
  supportsTopLevelAwait: true,
};

/** Packages of ES modules that keep something for the whole process: they are loaded for each suite. */
const WITH_STATE = /\/node_modules\/nestjs-pino\//;
const GLOBALS = 'jest-globals:';
const SUITES = Symbol.for('patronus.suites');

/** The suites of this worker that may still import something, by their numbers. */
const suites = new Map();
globalThis[SUITES] = suites;
let latest = 0;

/**
 * Imports a suite natively. Its sources are loaded for it alone: every one of them has the number of the
 * suite in its URL. Packages are loaded once for all suites of this process.
 *
 * @param suite `runtime` of Jest, `moduleNameMapper` of its configuration, and the `globals` that
 * `@jest/globals` exports
 */
export async function importSuite(path, suite) {
  if (latest === 0) registerHooks({ resolve, load });
  latest += 1;
  suites.set(latest, suite);
  // Modules stay in memory. What Jest keeps for a suite need not.
  suites.delete(latest - 2);
  await import(`${pathToFileURL(path).href}?suite=${latest}`);
}

function suiteOf(url = '') {
  return /\?suite=(\d+)$/.exec(url)?.[1];
}

function resolve(specifier, context, next) {
  const number = suiteOf(context.parentURL);
  if (number === undefined) return next(specifier, context);
  if (specifier === '@jest/globals') {
    return { url: `${GLOBALS}${number}`, format: 'module', shortCircuit: true };
  }
  const [parentURL] = context.parentURL.split('?');
  const source = sourceOf(specifier, parentURL, suites.get(Number(number)));
  if (source === undefined) {
    // Without the number Node.js has the answer from an earlier suite.
    const found = next(specifier, { ...context, parentURL });
    return WITH_STATE.test(found.url) ? { ...found, url: `${found.url}?suite=${number}` } : found;
  }
  return { url: `${source}?suite=${number}`, format: 'module', shortCircuit: true };
}

/** The TypeScript that a specifier in a source means; undefined for anything else. */
function sourceOf(specifier, parentURL, suite) {
  if (!/^(\.|\/|file:)/.test(specifier)) return mapped(specifier, suite?.moduleNameMapper);
  const { href } = new URL(specifier.replace(/\.js$/, '.ts'), parentURL);
  return href.endsWith('.ts') && isFile(href) ? href : undefined;
}

const known = new Map();

function isFile(href) {
  if (!known.has(href)) known.set(href, existsSync(fileURLToPath(href)));
  return known.get(href);
}

function mapped(specifier, rules = []) {
  for (const [pattern, target] of rules) {
    const [match, ...groups] = new RegExp(pattern).exec(specifier) ?? [];
    if (match === undefined) continue;
    return pathToFileURL(target.replaceAll(/\$(\d)/g, (_, index) => groups[index - 1])).href;
  }
  return undefined;
}

function load(url, context, next) {
  if (url.startsWith(GLOBALS)) return asModule(globalsOf(url.slice(GLOBALS.length)));
  const number = suiteOf(url);
  if (number === undefined) return next(url, context);
  if (!url.includes('.ts?')) return next(url.split('?')[0], context);
  const { runtime } = suites.get(Number(number));
  const path = fileURLToPath(url);
  const source = runtime.transformCache.transform(path, AS_MODULE);
  const maps = runtime.getSourceMaps();
  maps.set(url, maps.get(path));
  return asModule(source);
}

function globalsOf(number) {
  const names = Object.keys(suites.get(Number(number)).globals).join(', ');
  return `export const { ${names} } = globalThis[Symbol.for('${SUITES.description}')].get(${number}).globals;`;
}

function asModule(source) {
  return { format: 'module', source, shortCircuit: true };
}

import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { recordUntilEnd } from '../coverage/recording.mjs';

/**
 * `node --import <this file> process.ts`: lets a test start a process of its own from the sources, as
 * Jest reads them. `@patronus/nestjs` is the source, and `./file.js` the `file.ts` beside it.
 */
const ROOT = new URL('../../', import.meta.url);
const { compilerOptions } = JSON.parse(readFileSync(new URL('tsconfig.test.json', ROOT), 'utf8'));
/** Options with which swc compiles the sources to JavaScript. */
export const SWC_OPTIONS = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
};

const require = createRequire(import.meta.url);
const { version } = require('@swc/core/package.json');
const SALT = JSON.stringify([version, SWC_OPTIONS]);
const CACHE = new URL('node_modules/.cache/typescript-hooks/', ROOT);
mkdirSync(CACHE, { recursive: true });

/** The JavaScript of a source. Most processes find all of theirs made by an earlier one. */
function compiled(filename) {
  const source = readFileSync(filename, 'utf8');
  const hash = createHash('sha256').update(SALT).update(filename).update('\0').update(source);
  const kept = new URL(`${hash.digest('hex')}.js`, CACHE);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { code } = require('@swc/core').transformSync(source, { ...SWC_OPTIONS, filename });
    const draft = new URL(randomUUID(), CACHE);
    writeFileSync(draft, code);
    renameSync(draft, kept);
    return code;
  }
}

const isSource = (url = '') => url.startsWith(ROOT.href) && !url.includes('/node_modules/');

registerHooks({
  resolve(specifier, context, next) {
    const [source] = compilerOptions.paths[specifier] ?? [];
    if (source !== undefined) return next(new URL(source, ROOT).href, context);
    const isBeside = specifier.startsWith('.') && isSource(context.parentURL);
    return next(isBeside ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
  load(url, context, next) {
    if (!isSource(url) || !url.endsWith('.ts')) return next(url, context);
    return { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true };
  },
});
recordUntilEnd();

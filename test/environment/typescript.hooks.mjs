import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

/**
 * `node --import <this file> process.ts`: lets a test start a process of its own from the sources, as
 * Jest reads them. `@patronus/nestjs` is the source, and `./file.js` the `file.ts` beside it.
 */
const ROOT = new URL('../../', import.meta.url);
const { compilerOptions } = JSON.parse(readFileSync(new URL('tsconfig.test.json', ROOT), 'utf8'));
/** How swc makes JavaScript of the sources. */
export const SWC_OPTIONS = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
};

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
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { ...SWC_OPTIONS, filename });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

// `node --import typescript.hooks.mjs run-snippets.mjs`: imports every snippet that stands on stdin, each
// as a module of its own, and writes what each one threw.
import { registerHooks } from 'node:module';
import { text } from 'node:stream/consumers';
import { transformSync } from '@swc/core';
import { SWC_OPTIONS } from '../../environment/typescript.hooks.mjs';

const snippets = JSON.parse(await text(process.stdin));
// Beside the tests, so that what a snippet imports is found as a test finds it.
const urls = snippets.map((_, index) => new URL(`../../snippet-${index}.ts`, import.meta.url).href);

registerHooks({
  resolve: (specifier, context, next) =>
    urls.includes(specifier)
      ? { url: specifier, format: 'module', shortCircuit: true }
      : next(specifier, context),
  load(url, context, next) {
    const index = urls.indexOf(url);
    if (index === -1) return next(url, context);
    const { code } = transformSync(snippets[index].code, {
      ...SWC_OPTIONS,
      filename: `${index}.ts`,
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

const failures = [];
for (const [index, { place }] of snippets.entries()) {
  try {
    await import(urls[index]);
  } catch (error) {
    failures.push(`${place}: ${error.message.split('\n')[0]}`);
  }
}
// Anything that a snippet has started, such as a pool or an issuer, ends with the process.
process.stdout.write(JSON.stringify(failures), () => process.exit(0));

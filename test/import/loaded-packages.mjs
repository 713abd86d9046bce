// `loaded-packages.mjs <module>`, after the hooks that read TypeScript: imports the module, and tells as
// JSON which packages were loaded on the way, however they were asked for.
import { registerHooks } from 'node:module';

const NAME = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;
/** Compiler of the sources for this test, which is not part of the result. */
const COMPILER = '@swc/core';
const packages = new Set();

registerHooks({
  load(url, context, next) {
    const [, name] = NAME.exec(url) ?? [];
    if (name !== undefined && name !== COMPILER) packages.add(name);
    return next(url, context);
  },
});

await import(process.argv[2]);
process.stdout.write(JSON.stringify([...packages]));

import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { SWC_OPTIONS } from '../environment/typescript.hooks.mjs';

const root = join(import.meta.dirname, '../..');
const source = join(root, 'libs/patronus/src');

/** Makes a second copy of the package in a folder, with another format of scopes if need be, and loads it. */
export async function loadSecondCopy(folder, format = 1) {
  const copy = join(folder, 'packages/second/@patronus/nestjs');
  mkdirSync(join(copy, 'dist'), { recursive: true });
  for (const name of readdirSync(source, { recursive: true })) {
    const file = join(source, name);
    if (!name.endsWith('.ts') || /\.spec\.ts$|\.d\.ts$/.test(name)) continue;
    const to = join(copy, 'dist', name.replace(/\.ts$/, '.js'));
    const text = readFileSync(file, 'utf8').replace(
      'const FORMAT = 1;',
      `const FORMAT = ${format};`,
    );
    mkdirSync(join(to, '..'), { recursive: true });
    writeFileSync(to, transformSync(text, { ...SWC_OPTIONS, filename: file }).code);
  }
  cpSync(join(root, 'libs/patronus/package.json'), join(copy, 'package.json'));
  // Versions of its own come first, as where it is installed.
  symlinkSync(join(root, 'libs/patronus/node_modules'), join(copy, 'node_modules'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'packages/node_modules'));
  return import(pathToFileURL(join(copy, 'dist/index.js')));
}

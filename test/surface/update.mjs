// `npm run surface`: writes what the entries of the package export, with their types, into this folder.
import { globSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
await import('../environment/typescript.hooks.mjs');
const { readSurfaces } = await import('./surfaces.js');

const surfaces = readSurfaces();
for (const file of globSync('*.txt', { cwd: here })) rmSync(join(here, file));
for (const [file, surface] of surfaces) writeFileSync(join(here, file), surface);
console.log(`surface: ${surfaces.size} entries written`);

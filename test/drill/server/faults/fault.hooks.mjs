// `node --import <this file> main.js` with DRILL_FAULT: a server that is broken in one place.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { FAULTS } from './faults.mjs';

const { file, from, to } = FAULTS[process.env.DRILL_FAULT];

registerHooks({
  load(url, context, next) {
    const module = next(url, context);
    if (!url.endsWith(`/auth-server/dist/${file}`)) return module;
    const source = readFileSync(fileURLToPath(url), 'utf8');
    if (!source.includes(from)) throw new Error(`${file} has changed: the fault finds no place.`);
    return { ...module, source: source.replace(from, () => to) };
  },
});

// The Node.js of the machine.
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The `node` that a shell would find: the first on the PATH that no npm script put there. */
export function systemNode() {
  const folders = process.env.PATH.split(delimiter).filter((one) => !one.includes('node_modules'));
  return folders.map((folder) => join(folder, 'node')).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Ends the process with one line if it runs on a Node.js that the workspace does not support. */
export function requireNode() {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { node: range } = JSON.parse(manifest).engines;
  if (range.split(' || ').some(isMet)) return;
  console.error(
    `This needs Node.js ${range}, and runs on ${process.versions.node}. ` +
      '`npm start` uses the Node.js that `npm ci` installs.',
  );
  process.exit(1);
}

/** Tells if the current version meets one part of a range: `^22.12.0` or `>=24.0.0`. */
function isMet(part) {
  const [wanted, current] = [part, process.versions.node].map((version) =>
    version.match(/\d+/g).slice(0, 3).map(Number),
  );
  const difference = current.map((number, at) => number - wanted[at]).find((one) => one !== 0) ?? 0;
  return difference >= 0 && (part.startsWith('>=') || current[0] === wanted[0]);
}

// The Node.js of the machine.
import { accessSync, constants } from 'node:fs';
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

// What the machine has to offer: a free port, and a Node.js of its own.
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

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

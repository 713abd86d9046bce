import { createServer } from 'node:net';
import { StartError } from './start.error.mjs';

/** @throws {StartError} where somebody listens there already */
export async function requireFreePort(name, port, host = '127.0.0.1') {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const inUse = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be had (${cause.code})`;
      const message = `Port ${port} ${inUse}: choose another one with ${name}.`;
      reject(new StartError(message, { cause }));
    });
    server.listen(port, host, () => server.close(resolve));
  });
}

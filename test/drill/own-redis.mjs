import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../environment/free-port.mjs';

/** A Redis of a drill's own, on a free port, without any data on disk. */
export async function ownRedis() {
  const port = await freePort();
  let child = await start(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    async restart() {
      child = await start(port);
    },
  };
}

async function start(port) {
  const options = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of child.stdout) {
    if (String(chunk).includes('Ready to accept connections')) break;
  }
  child.stdout.destroy();
  return child;
}

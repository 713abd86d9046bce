import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { withinDeadline } from './deadline.js';

/** Echoes what it reads, and then sets the flag. */
const ECHO = `
  const { createServer } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer((socket) => {
    socket.on('data', (data) => socket.write(data, () => {
      Atomics.store(workerData, 0, 1);
      Atomics.notify(workerData, 0);
    }));
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

describe('a deadline', () => {
  it('rejects if no answer comes', async () => {
    const never = new Promise<never>(() => {});
    await expect(withinDeadline(never, 1)).rejects.toThrow('no answer within 1 ms');
  });

  it('passes on the answer and the failure of the work', async () => {
    await expect(withinDeadline(Promise.resolve('yes'), 1000)).resolves.toBe('yes');
    await expect(withinDeadline(Promise.reject(new Error('no')), 1000)).rejects.toThrow('no');
  });

  it('counts an answer that arrived while the event loop was blocked', async () => {
    const isAnswered = new Int32Array(new SharedArrayBuffer(4));
    const server = new Worker(ECHO, { eval: true, workerData: isAnswered });
    const [port] = await once(server, 'message');
    const socket = connect(Number(port), '127.0.0.1');
    try {
      await once(socket, 'connect');
      const answer = once(socket, 'data');
      socket.write('x');
      const asked = withinDeadline(answer, 20);
      Atomics.wait(isAnswered, 0, 0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);
      await expect(asked).resolves.toBeDefined();
    } finally {
      socket.destroy();
      await server.terminate();
    }
  });
});

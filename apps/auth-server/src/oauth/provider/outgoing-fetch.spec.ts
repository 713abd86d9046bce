import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { outgoingFetch } from './outgoing-fetch.js';

const ELSEWHERE = 'https://id.example.com';

describe('outgoingFetch', () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((_request, response) => response.end('here'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('not on a port');
    url = `http://127.0.0.1:${address.port}/`;
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('calls no other host without a dispatcher', async () => {
    await expect(outgoingFetch(ELSEWHERE)(url)).rejects.toThrow('the internal network');
    await expect(outgoingFetch('http://localhost:4000')(ELSEWHERE)).rejects.toThrow(
      'the internal network',
    );
  });

  it('calls its own machine from a machine that only serves itself', async () => {
    const answer = await outgoingFetch('http://localhost:4000')(url);

    await expect(answer.text()).resolves.toBe('here');
  });
});

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

  it.each([
    'http://127.0.0.1',
    'https://[::1]',
    'https://[::ffff:10.0.0.1]',
    'https://[64:ff9b::a00:1]',
    'https://10.1.2.3',
    'https://169.254.169.254',
    'https://0x7f.1',
    // A name, which has to be resolved first.
    'http://localhost',
  ])('makes no connection to %s', async (origin) => {
    const { port } = new URL(url);
    let connections = 0;
    const count = () => (connections += 1);
    server.on('connection', count);

    const calling = outgoingFetch(ELSEWHERE)(`${origin}:${port}/`, withDispatcher());

    await expect(calling).rejects.toThrow();
    server.off('connection', count);
    expect(connections).toBe(0);
  });

  it('follows no redirect', async () => {
    const elsewhere = createServer((_request, response) =>
      response.writeHead(302, { location: url }).end(),
    );
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const address = elsewhere.address();
    const port = typeof address === 'object' ? address?.port : undefined;

    const calling = outgoingFetch('http://localhost:4000')(`http://127.0.0.1:${port}/`);

    await expect(calling).rejects.toThrow('fetch failed');
    elsewhere.close();
  });
});

/** The dispatcher of this version of Node, as oidc-provider passes it. */
function withDispatcher(): RequestInit {
  const init: RequestInit = { method: 'GET' };
  // Node creates it when one of these is used.
  void Response;
  const dispatcher: unknown =
    Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.2')) ??
    Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'));
  return Object.assign(init, { dispatcher });
}

import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fetchJson } from './fetch-json.js';
import { MAX_BYTES, TOTAL_TIMEOUT } from './remote-limits.js';
import { remoteRequest } from './remote-request.js';
import { json, OUTAGES, page, TokenServer } from '../../../../test/fixtures/token-server.js';

let server: TokenServer;
let elsewhere: TokenServer;

beforeEach(async () => {
  server = await TokenServer.start(json({ good: true }));
  elsewhere = await TokenServer.start(json({ good: true }));
});
afterEach(() => Promise.all([server.stop(), elsewhere.stop()]));

const authorization = 'Bearer secret';
const ask = (maxBytes?: number) =>
  remoteRequest(`${server.url}/a`, { headers: { authorization }, maxBytes });

describe('remoteRequest', () => {
  it('gives the answer, whatever its status', async () => {
    expect(await ask()).toMatchObject({ status: 200, text: '{"good":true}' });
    server.behaviour = page(418);
    expect(await ask()).toMatchObject({ status: 418, text: '<html>No</html>' });
    expect(server.asked[0]?.headers.authorization).toBe(authorization);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect: %i', async (status) => {
    server.behaviour = (_asked, response) =>
      void response.writeHead(status, { location: `${elsewhere.url}/a` }).end();
    await expect(ask()).rejects.toThrow(`Cannot fetch ${server.url}/a: `);
    expect(elsewhere.asked).toEqual([]);
  });

  it('reads up to a size, and stops there', async () => {
    server.behaviour = json('x'.repeat(998));
    expect((await ask(1000)).text).toHaveLength(1000);
    await expect(ask(999)).rejects.toThrow('more than 999 bytes');
    const closed = Promise.withResolvers<void>();
    server.behaviour = (asked, response) => {
      response.once('close', () => closed.resolve());
      OUTAGES.find(([what]) => what === '50 MB')?.[1](asked, response);
    };
    await expect(ask()).rejects.toThrow(`more than ${MAX_BYTES} bytes`);
    await closed.promise;
  });

  it('counts bytes after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_BYTES + 1));
    server.behaviour = (_asked, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    await expect(ask()).rejects.toThrow(`more than ${MAX_BYTES} bytes`);
  });

  it(
    'gives up on a server that hangs, before or amid its answer',
    async () => {
      server.behaviour = () => {};
      const silent = expect(ask()).rejects.toThrow('timeout');
      const held: ServerResponse[] = [];
      server.behaviour = (_asked, response) => void held.push(response.writeHead(200));
      const asking = expect(ask()).rejects.toThrow('timeout');
      await Promise.all([silent, asking]);
    },
    2 * TOTAL_TIMEOUT * 1000,
  );

  it('says what failed, and repeats no header', async () => {
    await server.stop();
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('ECONNREFUSED');
    expect(String(error)).not.toContain('secret');
    await server.listen();
    expect((await ask()).status).toBe(200);
  });
});

describe('fetchJson', () => {
  it('reads JSON behind a byte order mark', async () => {
    server.behaviour = (_asked, response) => void response.end('\uFEFF{"good":true}');
    expect(await fetchJson(server.url)).toEqual({ good: true });
  });

  it('gives JSON, and nothing else', async () => {
    expect(await fetchJson(server.url)).toEqual({ good: true });
    server.behaviour = page(200);
    await expect(fetchJson(server.url)).rejects.toThrow('the answer is not JSON');
    server.behaviour = json({ good: true }, 201);
    await expect(fetchJson(server.url)).rejects.toThrow('status 201');
  });
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RunningClinics } from '../../sample/support/running-clinics.js';
import { EventReader } from '../events/event-reader.js';
import { platformStorage, type PlatformStorage } from '../support/platform-storage.js';
import { RunningPlatform } from '../support/running-platform.js';
import { freePort } from '../../environment/free-port.mjs';
import { until } from '../../environment/until.js';

const BODY = JSON.stringify({ refreshToken: 'x'.repeat(43) });

const SECRET = 'a-secret-of-a-test-that-has-32-characters';
const LISTENER = {
  client_id: 'listener',
  client_secret: SECRET,
  grant_types: ['client_credentials'],
  scope: 'events.read',
};

/** Timeout in milliseconds, which includes the build on a busy machine. */
const START = 120_000;

describe('the end of the platform', () => {
  let storage: PlatformStorage;
  let platform: RunningPlatform;
  let port: number;

  beforeAll(() => RunningClinics.build(), START);
  beforeEach(async () => {
    storage = await platformStorage('embedded');
    port = await freePort();
    platform = new RunningPlatform({
      ...storage.environment,
      PORT: String(port),
      LOG_LEVEL: 'silent',
      CLIENTS: JSON.stringify([LISTENER]),
    });
    await platform.says(/Patronus listens on/);
  }, START);
  afterEach(async () => {
    platform.signal('SIGKILL');
    await platform.ended();
    await storage.clear();
  });

  it(
    'waits for what is being answered, and takes nothing new',
    async () => {
      const { socket, answer } = await beginRequest();
      platform.signal('SIGTERM');
      await until(true, () => isClosed(port));
      socket.write(BODY.slice(-1));
      expect(await answer).toMatch(/^HTTP\/1\.1 401 /);
      expect(await platform.ended()).toMatchObject({ code: 0 });
      // The log is silent.
      expect(platform.output).not.toMatch(/Nest|"level"|LOG/);
      // The data folder is free again: the database was closed.
      const next = new RunningPlatform({ ...storage.environment, PORT: String(port) });
      await next.says(/Patronus listens on/);
      next.signal('SIGINT');
      expect(await next.ended()).toMatchObject({ code: 0 });
    },
    START,
  );

  it('does not wait for connections that say nothing', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    socket.on('error', () => undefined);
    platform.signal('SIGTERM');
    expect(await platform.ended()).toMatchObject({ code: 0 });
  });

  it('ends event streams at once, and does not wait for them', async () => {
    const url = `http://localhost:${port}`;
    const form = { grant_type: 'client_credentials', scope: 'events.read', resource: `${url}/api` };
    const answer = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`listener:${SECRET}`)}` },
      body: new URLSearchParams(form),
    });
    const { access_token: token }: { access_token: string } = await answer.json();
    const reader = await (await EventReader.open(url, token)).ready();
    platform.signal('SIGTERM');
    await reader.ended;
    // Connections that are still open after ten seconds are cut.
    expect(reader.failure).toBeUndefined();
    expect(await platform.ended()).toMatchObject({ code: 0 });
  });

  it('ends at once with a second signal', async () => {
    const { answer } = await beginRequest();
    platform.signal('SIGTERM');
    await until(true, () => isClosed(port));
    platform.signal('SIGTERM');
    expect(await platform.ended()).toMatchObject({ code: 1 });
    expect(await answer).toBe('');
  });

  it('ends after ten seconds despite requests in flight', async () => {
    const { answer } = await beginRequest();
    platform.signal('SIGTERM');
    expect(await platform.ended()).toMatchObject({ code: 0 });
    expect(await answer).toBe('');
  });

  /**
   * Starts a request whose last byte is still missing; `answer` is everything received until the
   * connection ends.
   */
  async function beginRequest(): Promise<{ socket: Socket; answer: Promise<string> }> {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('error', () => undefined);
    const answer = once(socket, 'close').then(() =>
      received.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, ''),
    );
    const request = [
      'POST /api/v1/auth/refresh HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      // The server says when it has read these lines.
      'Expect: 100-continue',
      `Content-Length: ${BODY.length}`,
    ].join('\r\n');
    socket.write(`${request}\r\n\r\n`);
    await until(true, async () => received.includes('100 Continue'));
    socket.write(BODY.slice(0, -1));
    return { socket, answer };
  }
});

async function isClosed(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return !isOpen;
}

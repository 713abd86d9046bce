import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createServer } from '../../../apps/auth-server/src/server.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { until } from '../../environment/until.js';
import { freePort } from '../../environment/free-port.mjs';
import { CALLBACK, CLIENTS, SECRET } from '../support/oauth-bed.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const PUSHES = 60;

describe.each(STORAGES)('the log of refused requests on %s', (name) => {
  const lines: string[] = [];
  let storage: PlatformStorage;
  let app: NestExpressApplication;
  let url: string;

  beforeAll(async () => {
    storage = await platformStorage(name);
    const port = await freePort();
    const settings = readSettings({
      ...storage.environment,
      PORT: String(port),
      CLIENTS: JSON.stringify(CLIENTS),
      HASH_MEMORY: '64',
      HASH_TIME: '1',
    });
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(...chunk.toString().trim().split('\n'));
        done();
      },
    });
    app = await createServer({ settings, database: await storage.open(settings), lines: stream });
    await app.listen(port, '127.0.0.1');
    url = `http://localhost:${port}`;
  });

  afterAll(async () => {
    await app.close();
    await storage.clear();
  });

  const authorize = (changes: Readonly<Record<string, string>>) =>
    fetch(
      `${url}/oauth/authorize?${new URLSearchParams({
        client_id: 'web',
        response_type: 'code',
        scope: 'openid',
        redirect_uri: CALLBACK,
        ...changes,
      })}`,
      { redirect: 'manual' },
    );
  const token = (body: Readonly<Record<string, string>>, secret = SECRET) =>
    fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`web:${secret}`).toString('base64')}` },
      body: new URLSearchParams(body),
    });
  const logged = async (...parts: readonly string[]) => {
    await until(true, () => lines.some((line) => parts.every((part) => line.includes(part))));
  };

  it('says that a secret is wrong, and not which', async () => {
    await token({ grant_type: 'authorization_code', code: 'x' }, 'a-wrong-secret-of-a-client');

    await logged(
      'Refused grant: client=web, grant=authorization_code, error=invalid_client',
      'cause=invalid secret provided',
      '"level":30',
    );
    expect(lines.join()).not.toContain('a-wrong-secret');
  });

  it('says that PKCE is missing', async () => {
    await authorize({});

    await logged('Refused authorization: client=web, error=invalid_request', 'requires PKCE');
  });

  it('says which redirect URI is wrong, without its query', async () => {
    const redirect_uri = 'https://user:pass@evil.example.com/back?secret=hunter2#x';
    await authorize({ redirect_uri, code_challenge: CHALLENGE, code_challenge_method: 'S256' });

    await logged('error=invalid_redirect_uri', 'redirect_uri=https://evil.example.com/back,');
    expect(lines.join()).not.toContain('hunter2');
  });

  it('names an unknown client, but no text that is none', async () => {
    await authorize({ client_id: 'nowhere' });
    await authorize({ client_id: 'line\nbreak' });

    await logged('client=nowhere, error=invalid_client');
    expect(lines.join()).not.toContain('client=line');
  });

  it('limits pushed requests of clients without a secret, and says so', async () => {
    const push = async () => {
      const response = await fetch(`${url}/oauth/par`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: 'phone',
          response_type: 'code',
          scope: 'openid',
          redirect_uri: 'com.example.app:/callback',
          code_challenge: CHALLENGE,
          code_challenge_method: 'S256',
        }),
      });
      return response;
    };
    for (let count = 0; count < PUSHES; count += 1) expect((await push()).status).toBe(201);

    const refused = await push();

    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await logged('Refused pushed_authorization_request: client=phone');
  });

  it('names the limit of an endpoint', async () => {
    for (let count = 0; count < 31; count += 1) await fetch(`${url}/oauth/device`);

    await logged('Refused /oauth/device: limit=device');
  });
});

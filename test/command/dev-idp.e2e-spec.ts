import 'reflect-metadata';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { CurrentUser, type Identity, PatronusModule } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { ExpressAdapter } from '@nestjs/platform-express';
import { decodeJwt } from 'jose';
import { ask } from '../core/ask.js';
import { listen, type ListeningApp } from '../core/listening-app.js';
import { run } from './run-command.js';
import { RunningDevIdp } from './running-dev-idp.js';

@Controller()
class MeController {
  @Get('me') me(@CurrentUser() { id, roles }: Identity) {
    return { id, roles };
  }
}

/** Returns the status for a browser that was directed here under another name. */
function statusFor(host: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

async function json(url: string, init: RequestInit = {}) {
  return JSON.parse(await (await fetch(url, init)).text());
}

describe('patronus dev-idp', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-dev-idp-'));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  let idp: RunningDevIdp;

  beforeAll(async () => {
    idp = await RunningDevIdp.start(['--claim', 'empresa_id=norte']);
  });
  afterAll(async () => {
    await idp.stop();
    rmSync(folder, { recursive: true });
  });

  describe('in front of a guarded application', () => {
    let app: ListeningApp;
    beforeAll(async () => {
      const identityProvider = oidc({ issuer: idp.issuer, audience: idp.audience });
      @Module({
        imports: [PatronusModule.forRoot({ identityProvider })],
        controllers: [MeController],
      })
      class MeModule {}
      app = await listen(MeModule, new ExpressAdapter());
    });
    afterAll(() => app.app.close());

    it('mints tokens that the guard accepts', async () => {
      const answer = await ask(app, 'me', await idp.token('ana'));
      expect(answer).toMatchObject({ status: 200, body: { id: 'ana', roles: ['admin'] } });
    });

    it('mints what a claim says: other roles are held, another audience is refused', async () => {
      const doctor = await idp.token('ana', '--claim', 'roles=["doctor"]');
      expect(await ask(app, 'me', doctor)).toMatchObject({ body: { roles: ['doctor'] } });
      const other = await idp.token('ana', '--claim', 'aud=other-api');
      expect(await ask(app, 'me', other)).toMatchObject({ body: { code: 'token_invalid' } });
    });

    it('mints tokens that have expired', async () => {
      const answer = await ask(app, 'me', await idp.token('ana', '--expires-in', '-60'));
      expect(answer).toMatchObject({ status: 401, body: { code: 'token_expired' } });
    });

    it('is not believed with the key of another one', async () => {
      const other = await RunningDevIdp.start();
      const { access_token: token } = await json(`${other.issuer}/token`, {
        method: 'POST',
        body: '{"user":"ana"}',
      });
      expect(await other.stop()).toBe(0);
      expect(await ask(app, 'me', token)).toMatchObject({ body: { code: 'issuer_unknown' } });
    });
  });

  it('hands out a token on a page without scripts, which loads nothing', async () => {
    const page = await fetch(idp.issuer);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    const html = await page.text();
    expect(html).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1)/);
    expect(html).toContain('<button name="user" value="ben">Token for ben</button>');
    const body = new URLSearchParams({ user: 'ben' });
    const minted = await (await fetch(idp.issuer, { method: 'POST', body })).text();
    const [, token = ''] = /<textarea [^>]*>([^<]+)</.exec(minted) ?? [];
    expect(decodeJwt(token)).toMatchObject({ sub: 'ben', empresa_id: 'norte' });
    const nobody = new URLSearchParams({ user: 'zoe' });
    expect((await fetch(idp.issuer, { method: 'POST', body: nobody })).status).toBe(400);
  });

  it('shows what a users file says as text', async () => {
    const users = file('html.json', '[{ "name": "<b id=\\"x\\">", "claims": { "a": "</pre>" } }]');
    const own = await RunningDevIdp.start(['--users', users]);
    const html = await (await fetch(own.issuer)).text();
    await own.stop();
    expect(html).toContain('value="&lt;b id=&quot;x&quot;&gt;"');
    expect(html).not.toContain('<b id');
    expect(html.match(/<\/pre>/g)).toHaveLength(1);
  });

  it('answers no page of another site that was led here', async () => {
    expect(await statusFor(new URL(idp.issuer).host, idp.issuer)).toBe(200);
    expect(await statusFor('evil.example', idp.issuer)).toBe(403);
    expect(await statusFor(`127.0.0.1.evil.example:${new URL(idp.issuer).port}`, idp.issuer)).toBe(
      403,
    );
  });

  it.each([
    ['no JSON', 'user=ana', 'JSON'],
    ['nobody', '{"user":"zoe"}', 'ana, ben'],
    ['a claim of the issuer', '{"user":"ana","claims":{"iss":"x"}}', 'iss'],
    ['years', '{"user":"ana","expires_in":1e8}', 'expires_in'],
  ])('mints nothing for %s', async (_case, body, named) => {
    const answer = await fetch(`${idp.issuer}/token`, { method: 'POST', body });
    expect(answer.status).toBe(400);
    const said = await answer.json();
    expect(said).toEqual({
      error: 'invalid_request',
      error_description: expect.stringContaining(named),
    });
  });

  it('keeps its key in a file that only its owner reads, and refuses one that others read', async () => {
    const keys = join(folder, 'key.json');
    const kids: unknown[] = [];
    for (let round = 0; round < 2; round++) {
      const own = await RunningDevIdp.start(['--keys', keys]);
      const { keys: published } = await json(`${own.issuer}/jwks`);
      expect(Object.keys(published[0]).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
      kids.push(published[0].kid);
      await own.stop();
    }
    expect(kids[0]).toBe(kids[1]);
    expect(statSync(keys).mode & 0o777).toBe(0o600);
    chmodSync(keys, 0o644);
    const { code, stderr } = await run(['dev-idp', '--port', '0', '--keys', keys]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('chmod 600') });
  });

  it('does not start in production', async () => {
    const production = { env: { NODE_ENV: 'production' } };
    const { code, stdout, stderr } = await run(['dev-idp', '--port', '0'], production);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('NODE_ENV=production');
  });

  it('warns where others can reach it, and there only', async () => {
    const open = await RunningDevIdp.start(['--host', '0.0.0.0']);
    await open.stop();
    expect(open.warnings.join('')).toContain('WARNING: on 0.0.0.0');
    expect(open.issuer).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(idp.warnings).toEqual([]);
  });

  it.each([
    ['no file', join(folder, 'gone.json'), 'cannot be read'],
    ['no JSON', file('text.json', 'ana'), 'is not JSON'],
    ['no list', file('object.json', '{}'), 'not a list'],
    ['no name', file('nameless.json', '[{ "claims": {} }]'), '[0].name'],
    ['no claims', file('claims.json', '[{ "name": "a", "claims": 1 }]'), '[0].claims'],
    ['a reserved claim', file('iss.json', '[{ "name": "a", "claims": { "exp": 1 } }]'), 'exp'],
    ['a name twice', file('twice.json', '[{ "name": "a" }, { "name": "a" }]'), '[1].name'],
  ])('names a users file that has %s', async (_case, users, problem) => {
    const { code, stderr } = await run(['dev-idp', '--port', '0', '--users', users]);
    expect(code).toBe(2);
    expect(stderr).toContain(users);
    expect(stderr).toContain(problem);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('names a port that is taken', async () => {
    const { port } = new URL(idp.issuer);
    const { code, stderr } = await run(['dev-idp', '--port', port]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('EADDRINUSE') });
  });
});

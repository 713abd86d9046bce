import 'reflect-metadata';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { type AbstractHttpAdapter } from '@nestjs/core';
import { CurrentUser, Identity, type IdentityProvider, PatronusModule } from '@patronus/nestjs';
import { authApi } from '@patronus/nestjs/auth-api';
import { introspection } from '@patronus/nestjs/introspection';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';

@Controller('me')
class MeController {
  @Get() me(@CurrentUser() { id, provider, roles, tenantId }: Identity) {
    return { id, provider, roles, tenantId };
  }
}

function start(providers: readonly IdentityProvider[], adapter: AbstractHttpAdapter) {
  @Module({
    imports: [PatronusModule.forRoot({ identityProvider: [...providers] })],
    controllers: [MeController],
  })
  class AppModule {}
  return listen(AppModule, adapter);
}

const ANA = { id: 'ana', email: 'ana@novah.example', role: 'doctor', empresa_id: 'north' };

/** Auth API and introspection endpoint in one, which accept one token: `of-ana`. */
class AuthServer {
  down = false;
  questions = 0;
  readonly #server: Server = createServer((request, response) => {
    this.questions += 1;
    let form = '';
    request.on('data', (chunk) => (form += String(chunk)));
    request.on('end', () => {
      const isForm = request.method === 'POST';
      const token = isForm ? new URLSearchParams(form).get('token') : bearerOf(request.headers);
      this.#answer(response, token === 'of-ana', isForm);
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(response: ServerResponse, isGood: boolean, isForm: boolean): void {
    if (this.down) return void response.writeHead(502).end('<html>Bad gateway</html>');
    if (isForm) {
      const answer = isGood ? { active: true, sub: 'ana', roles: ['doctor'] } : { active: false };
      return void response.end(JSON.stringify(answer));
    }
    if (!isGood) return void response.writeHead(401).end();
    response.end(JSON.stringify(ANA));
  }
}

function bearerOf({ authorization = '' }: { authorization?: string | undefined }): string {
  return authorization.replace('Bearer ', '');
}

describe.each(ADAPTERS)('remote identity providers, on %s', (_name, adapter) => {
  let server: AuthServer;
  let url: string;
  let running: ListeningApp | undefined;
  beforeEach(async () => {
    server = new AuthServer();
    url = await server.listen();
  });
  afterEach(() => Promise.all([server.close(), running?.app.close()]));

  it('let in whom the Auth API knows, and refuse others with 401', async () => {
    const mapClaims = (me: Readonly<Record<string, unknown>>) => ({
      tenantId: String(me['empresa_id']),
    });
    running = await start([authApi({ url, mapClaims })], adapter());
    for (const _ of ['cold', 'warm']) {
      expect(await ask(running, 'me', 'of-ana')).toMatchObject({
        status: 200,
        body: { id: 'ana', provider: 'auth-api', roles: ['doctor'], tenantId: 'north' },
      });
      expect(await ask(running, 'me', 'of-nobody')).toMatchObject({
        status: 401,
        body: { code: 'token_invalid' },
        challenge: expect.stringContaining('error="invalid_token"'),
      });
    }
    expect(server.questions).toBe(2);
  });

  it('answer 503 and when to come back in an outage, save whom they know', async () => {
    running = await start([authApi({ url })], adapter());
    expect((await ask(running, 'me', 'of-ana')).status).toBe(200);
    server.down = true;
    expect((await ask(running, 'me', 'of-ana')).status).toBe(200);
    const answer = await fetch(`${running.url}/me`, { headers: { authorization: 'Bearer cold' } });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.headers.get('www-authenticate')).toBeNull();
    const body = await answer.text();
    expect(JSON.parse(body)).toMatchObject({ code: 'provider_unavailable' });
    expect(body).not.toMatch(/502|127\.0\.0\.1|cold/);
  });

  it('ask once for a crowd', async () => {
    const app = (running = await start([authApi({ url })], adapter()));
    const crowd = await Promise.all(
      Array.from({ length: 200 }, async () => (await ask(app, 'me', 'of-ana')).status),
    );
    expect(new Set(crowd)).toEqual(new Set([200]));
    expect(server.questions).toBe(1);
  });

  it('share the work in a list: JWTs by their issuer, opaque tokens by introspection', async () => {
    const issuer = await TestIssuer.start();
    const providers = [
      oidc({ issuer: issuer.url, audience: 'test' }),
      introspection({ url, clientId: 'clinic', clientSecret: 'secret' }),
    ];
    running = await start(providers, adapter());
    const jwt = await ask(running, 'me', await issuer.token({ sub: 'ben' }));
    expect(jwt).toMatchObject({ status: 200, body: { id: 'ben', provider: 'oidc' } });
    expect(server.questions).toBe(0);
    const opaque = await ask(running, 'me', 'of-ana');
    expect(opaque).toMatchObject({ status: 200, body: { id: 'ana', provider: 'introspection' } });
    expect(server.questions).toBe(1);
    const foreign = await ask(running, 'me', await issuer.token({ iss: 'https://evil' }));
    expect(foreign).toMatchObject({ status: 401, body: { code: 'issuer_unknown' } });
    expect(server.questions).toBe(1);
    expect(await ask(running, 'me', 'of-nobody')).toMatchObject({
      status: 401,
      body: { code: 'token_invalid' },
    });
    await issuer.stop();
  });
});

import 'reflect-metadata';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Param } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import {
  CurrentUser,
  type Identity,
  issuerDirectory,
  PatronusModule,
  type PatronusModuleOptions,
  RequirePermissions,
} from '@patronus/nestjs';
import { authApi } from '@patronus/nestjs/auth-api';
import { introspection } from '@patronus/nestjs/introspection';
import { oidc } from '@patronus/nestjs/jwt';
import { passport } from '@patronus/nestjs/passport';
import { TestIssuer } from '@patronus/nestjs/testing';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { type Asked, TokenServer } from '../fixtures/token-server.js';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';

@Controller()
class MeController {
  @Get('me') me(@CurrentUser() { id }: Identity) {
    return { id };
  }
  @Get('notes/:id') @RequirePermissions('notes.read') note(@Param('id') id: string) {
    return { id };
  }
}

function start(options: PatronusModuleOptions, adapter: AbstractHttpAdapter) {
  @Module({ imports: [PatronusModule.forRoot(options)], controllers: [MeController] })
  class AppModule {}
  return listen(AppModule, adapter);
}

type Answer = (response: ServerResponse) => void;

const json =
  (value: unknown, status = 200): Answer =>
  (response) =>
    void response.writeHead(status).end(JSON.stringify(value));

/** Returns the token of a request to the server: in a form, or in the header that came with it. */
function tokenIn({ headers, body }: Asked): string | undefined {
  return new URLSearchParams(body).get('token') ?? headers.authorization?.replace('Bearer ', '');
}

/** Maximum number of requests of one caller in a second, as observed in practice. */
const REQUESTS = 40;

/** Answers for one token, and the status for its caller. */
const ANSWERS: readonly (readonly [what: string, Answer, introspected: number, me: number])[] = [
  ['a user name alone', json({ active: true, username: 'ana' }), 401, 503],
  ['a number for a subject', json({ active: true, sub: 7, id: { a: 1 } }), 401, 503],
  ['nothing but that it is active', json({ active: true }), 401, 503],
  ['an end that is not a time', json({ active: true, sub: 'a', id: 'a', exp: 'soon' }), 401, 401],
  ['no object', json(null), 503, 503],
  ['no JSON', (response) => void response.end('<html>'), 503, 503],
  ['more than is read', json({ padding: 'x'.repeat(100_000) }), 503, 503],
  ['403', json({}, 403), 503, 401],
  ['404', json({}, 404), 503, 503],
  ['429', json({}, 429), 503, 503],
  ['500', json({}, 500), 503, 503],
  ['a dropped connection', (response) => void response.destroy(), 503, 503],
];

describe.each(ADAPTERS)('one caller is not an outage, on %s', (_name, adapter) => {
  /** Accepts every token as that of a user, except `evil`. */
  let server: TokenServer;
  let answerToEvil: Answer;
  let running: ListeningApp | undefined;
  beforeEach(async () => {
    server = await TokenServer.start((asked, response) => {
      const token = tokenIn(asked);
      if (token === 'evil') answerToEvil(response);
      else json({ active: true, sub: token, id: token })(response);
    });
  });
  afterEach(() => Promise.all([server.stop(), running?.app.close()]));

  /** Sends a second of requests of one caller, with callers with new tokens in between. */
  async function expectOthersIn(app: ListeningApp, evilStatus: number): Promise<void> {
    for (let index = 0; index < REQUESTS; index += 1) {
      expect((await ask(app, 'me', 'evil')).status).toBe(evilStatus);
    }
    for (let index = 0; index < 5; index += 1) {
      expect(await ask(app, 'me', `user-${index}`)).toMatchObject({
        status: 200,
        body: { id: `user-${index}` },
      });
      expect((await ask(app, 'me', 'evil')).status).toBe(evilStatus);
    }
  }

  it.each(ANSWERS)('for introspection(): %s', async (_what, answer, status) => {
    answerToEvil = answer;
    const provider = introspection({ url: server.url, clientId: 'clinic', clientSecret: 'secret' });
    await expectOthersIn(
      (running = await start({ identityProvider: provider }, adapter())),
      status,
    );
    // A refusal is cached, so that the server is spared too.
    if (status === 401) expect(server.asked).toHaveLength(6);
  });

  it.each(ANSWERS)('for authApi(): %s', async (_what, answer, _introspected, status) => {
    answerToEvil = answer;
    const provider = authApi({ url: server.url });
    await expectOthersIn(
      (running = await start({ identityProvider: provider }, adapter())),
      status,
    );
  });

  it('for passport()', async () => {
    const strategy = new BearerStrategy((token, done) =>
      token === 'evil' ? done(new Error('cannot be read')) : done(null, { id: token }),
    );
    const provider = passport(strategy, (user: { readonly id: string }) => user);
    await expectOthersIn((running = await start({ identityProvider: provider }, adapter())), 503);
  });

  it('for a permission source', async () => {
    const source = ({ identity }: { readonly identity: Identity }) => {
      if (identity.id === 'evil') throw new Error('the record cannot be read');
      return { permissions: ['notes.read'] };
    };
    answerToEvil = json({ id: 'evil' });
    const options = { identityProvider: authApi({ url: server.url }), permissions: { source } };
    const app = (running = await start(options, adapter()));
    for (let index = 0; index < REQUESTS; index += 1) {
      expect((await ask(app, 'notes/1', 'evil')).status).toBe(503);
    }
    expect((await ask(app, 'notes/1', 'ana')).status).toBe(200);
  });

  it('for a directory of issuers, and for the keys of an issuer', async () => {
    const issuer = await TestIssuer.start({ algorithm: 'ES256' });
    const provider = oidc({ issuer: issuer.url, audience: 'test' });
    const directory = issuerDirectory((iss) => {
      if (iss === issuer.url) return provider;
      throw new Error('the record cannot be read');
    });
    const app = (running = await start({ identityProvider: [directory] }, adapter()));
    const evil = await issuer.token({ iss: 'https://evil.example' });
    const unknown = await issuer.token({}, { header: { kid: 'unknown' } });
    for (let index = 0; index < REQUESTS; index += 1) {
      expect((await ask(app, 'me', evil)).status).toBe(503);
      expect((await ask(app, 'me', unknown)).status).toBe(401);
    }
    expect((await ask(app, 'me', await issuer.token({ sub: 'ana' }))).status).toBe(200);
    await issuer.stop();
  });
});

import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { CurrentUser, type Identity, TenantContext } from '@patronus/nestjs';
import { Caller } from './callers.js';
import { gatewayAt, LIBRARIES, RunningGateways } from './libraries.js';

@Injectable()
class Handlers {
  constructor(private readonly tenant: TenantContext) {}
  @SubscribeMessage('whoami') whoami(@CurrentUser() user: Identity) {
    return { event: 'answer', data: `${user.id} of ${this.tenant.id}` };
  }
}

const [[, socketIo], [, ws]] = LIBRARIES as [
  (typeof LIBRARIES)[number],
  (typeof LIBRARIES)[number],
];
const options = { credentials: { cookie: { name: 'session' } } };
const denied = (code: string) => expect.objectContaining({ code });

describe("the places of a handshake's credential", () => {
  let io: RunningGateways;
  let plain: RunningGateways;
  let caller: Caller;
  beforeAll(async () => {
    io = await RunningGateways.start(socketIo, [gatewayAt(socketIo, 'x', Handlers)], options);
    plain = await RunningGateways.start(ws, [gatewayAt(ws, 'x', Handlers)], options);
  });
  afterEach(() => caller.close());
  afterAll(async () => {
    await io.app.close();
    await plain.app.close();
  });

  describe('on Socket.IO', () => {
    const connect = (more: object) => (caller = Caller.io(`${io.url}/x`, more));

    it.each([
      ['a token', { auth: { token: 'ana.norte' } }],
      ['a token and its tenant', { auth: { token: 'ana.norte', 'X-Empresa-Id': 'norte' } }],
      ['an API key', { auth: { 'x-api-key': 'ana.norte' } }],
      ['a token beside what is no header', { auth: { token: 'ana.norte', locale: 3 } }],
    ])('auth may hold %s', async (_case, more) => {
      connect(more);
      await caller.next();
      expect(await caller.ask('whoami')).toEqual(['answer', 'ana of norte']);
    });

    it.each([
      ['a token that is no text', { token: { id: 'ana.norte' } }, {}, 'invalid_request'],
      ['a list of one token', { token: ['ana.norte'] }, {}, 'invalid_request'],
      ['a key that is no text', { 'x-api-key': ['ana.norte'] }, {}, 'invalid_request'],
      ['a token with its scheme', { token: 'Bearer ana.norte' }, {}, 'invalid_request'],
      ['an empty token', { token: '' }, {}, 'invalid_request'],
      ['no token, but null', { token: null }, {}, 'token_missing'],
      [
        'a tenant that is not the own',
        { token: 'ana.norte', 'x-empresa-id': 'sur' },
        {},
        'tenant_mismatch',
      ],
      [
        'a tenant beside the header',
        { token: 'ana.norte', 'x-empresa-id': 'norte' },
        { 'x-empresa-id': 'sur' },
        'tenant_mismatch',
      ],
      [
        'another tenant beside the header',
        { token: 'ana.norte', 'x-empresa-id': 'sur' },
        { 'x-empresa-id': 'norte' },
        'tenant_mismatch',
      ],
      [
        'a token beside the header',
        { token: 'ana.norte' },
        { authorization: 'Bearer ana.norte' },
        'invalid_request',
      ],
      [
        'a key beside the header',
        { 'x-api-key': 'ana.norte' },
        { 'x-api-key': 'ana.norte' },
        'invalid_request',
      ],
      [
        'a token beside a key',
        { token: 'ana.norte', 'x-api-key': 'ana.norte' },
        {},
        'invalid_request',
      ],
      ['a cookie', { cookie: 'session=ana.norte' }, {}, 'token_missing'],
      ['an authorization', { authorization: 'Bearer ana.norte' }, {}, 'token_missing'],
    ])('auth may not hold %s', async (_case, auth, extraHeaders, code) => {
      connect({ auth, extraHeaders });
      expect(await caller.next()).toEqual(['connect_error', denied(code)]);
    });

    it('auth speaks for no page', async () => {
      const own = io.url;
      const headers = { cookie: 'session=ana.norte', origin: 'https://evil.example' };
      connect({ auth: { origin: own, 'sec-fetch-site': 'same-origin' }, extraHeaders: headers });
      expect(await caller.next()).toEqual(['connect_error', denied('csrf_rejected')]);
      caller.close();
      connect({ extraHeaders: { ...headers, origin: own } });
      expect((await caller.next())[0]).toBe('connect');
    });
  });

  describe('on ws', () => {
    const connect = (protocols: string[]) => (caller = Caller.ws(`${plain.url}/x`, {}, protocols));

    it('a subprotocol may hold the token, behind another one', async () => {
      connect(['notes', 'patronus.bearer.ana.norte']);
      expect(await caller.next()).toEqual(['connect', 'notes']);
      expect(await caller.ask('whoami')).toEqual(['answer', 'ana of norte']);
    });

    it.each([
      ['first', ['patronus.bearer.ana.norte', 'notes'], 'invalid_request'],
      ['twice', ['notes', 'patronus.bearer.ana', 'patronus.bearer.bob'], 'invalid_request'],
      ['empty', ['notes', 'patronus.bearer.'], 'invalid_request'],
      ['under another name', ['notes', 'bearer.ana.norte'], 'token_missing'],
    ])('but not %s', async (_case, protocols, code) => {
      connect(protocols);
      await caller.next();
      expect(await caller.next()).toEqual(['exception', denied(code)]);
    });
  });
});

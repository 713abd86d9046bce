import 'reflect-metadata';
import { callbackify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { CurrentUser, Identity, PatronusModule, RequirePermissions } from '@patronus/nestjs';
import { passport } from '@patronus/nestjs/passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { ADAPTERS } from './adapters.js';
import { listen, type ListeningApp } from './listening-app.js';
import { send } from './send.js';

interface Account {
  readonly login: string;
  readonly may: readonly string[];
}

/** Sessions and keys of an application, by credential. It can be down, and counts its calls. */
class Accounts {
  calls = 0;
  isDown = false;
  readonly #accounts = new Map<string, Account>([
    ['token-of-ana', { login: 'ana', may: ['notes.read'] }],
    ['token-of-ben', { login: 'ben', may: [] }],
    ['key-of-lab', { login: 'lab', may: ['notes.read'] }],
    ['key-of-bot', { login: 'bot', may: [] }],
  ]);

  async find(secret: string): Promise<Account | undefined> {
    this.calls += 1;
    await new Promise(setImmediate);
    if (this.isDown) throw new Error('the table cannot be read');
    return this.#accounts.get(secret);
  }
}

const accounts = new Accounts();

const find = callbackify((secret: string) => accounts.find(secret));

const bearerStrategy = new BearerStrategy((token, done) => find(token, done));

const sessions = passport(bearerStrategy, ({ login, may }: Account) => ({
  id: login,
  permissions: may,
}));

function keysIn(header: { readonly header: string; readonly prefix: string }) {
  const strategy = new HeaderAPIKeyStrategy(header, false, (key, done) => find(key, done));
  return passport(
    strategy,
    ({ login, may }: Account) => ({ id: login, permissions: may, isService: true }),
    { name: 'keys', schemes: ['api-key'] },
  );
}

@Controller('notes')
class NotesController {
  @RequirePermissions('notes.read') @Get() list(@CurrentUser() user: Identity) {
    return { user: user.id, provider: user.provider, service: user.isService };
  }
}

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: [sessions, keysIn({ header: 'X-Api-Key', prefix: '' })],
    }),
  ],
  controllers: [NotesController],
})
class BothModule {}

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: keysIn({ header: 'Authorization', prefix: 'ApiKey ' }),
    }),
  ],
  controllers: [NotesController],
})
class KeysModule {}

describe.each(ADAPTERS)('Passport strategies as identity providers, on %s', (_name, adapter) => {
  let both: ListeningApp;
  let keys: ListeningApp;
  beforeAll(async () => {
    both = await listen(BothModule, adapter());
    keys = await listen(KeysModule, adapter());
  });
  afterAll(() => Promise.all([both.app.close(), keys.app.close()]));
  beforeEach(() => void (accounts.isDown = false));

  const ask = (on: ListeningApp, name: string, value: string) =>
    send(on, { headers: [[name, value]] });

  it('passport-http-bearer lets in whom it knows, asked once', async () => {
    const body = { user: 'ana', provider: 'passport', service: false };
    const crowd = Array.from({ length: 20 }, () =>
      ask(both, 'Authorization', 'Bearer token-of-ana'),
    );
    const before = accounts.calls;
    for (const answer of await Promise.all(crowd)) expect(answer).toEqual({ status: 200, body });
    expect(accounts.calls - before).toBe(1);
  });

  it.each([
    [403, 'permission_denied', 'Authorization', 'Bearer token-of-ben'],
    [401, 'token_invalid', 'Authorization', 'Bearer token-of-nobody'],
    [401, 'token_invalid', 'Authorization', 'Bearer key-of-labs'],
    [403, 'permission_denied', 'X-Api-Key', 'key-of-bot'],
    [403, 'permission_denied', 'Authorization', 'ApiKey key-of-bot'],
    [401, 'token_invalid', 'X-Api-Key', 'key-of-nobody'],
    [401, 'token_missing', 'Authorization', 'Basic YTpi'],
  ])('answers %i %s to %s: %s', async (status, code, name, value) => {
    expect(await ask(both, name, value)).toMatchObject({ status, body: { code } });
  });

  it('passport-headerapikey lets in whom it knows, whichever header it reads', async () => {
    const answer = { status: 200, body: { user: 'lab', provider: 'keys', service: true } };
    for (const on of [both, keys]) {
      expect(await ask(on, 'X-Api-Key', 'key-of-lab')).toEqual(answer);
      expect(await ask(on, 'Authorization', 'ApiKey key-of-lab')).toEqual(answer);
    }
    expect(await ask(keys, 'Authorization', 'Bearer token-of-ana')).toMatchObject({
      status: 401,
      body: { code: 'token_missing' },
    });
  });

  it('calls an outage an outage, and recovers; who is known stays in', async () => {
    expect(await ask(both, 'Authorization', 'Bearer token-of-ana')).toMatchObject({ status: 200 });
    accounts.isDown = true;
    expect(await ask(both, 'Authorization', 'Bearer token-of-ana')).toMatchObject({ status: 200 });
    for (const [name, value] of [
      ['Authorization', 'Bearer token-of-cid'],
      ['X-Api-Key', 'key-of-cid'],
    ] as const) {
      accounts.isDown = true;
      expect(await ask(both, name, value)).toMatchObject({
        status: 503,
        body: { code: 'provider_unavailable' },
      });
      accounts.isDown = false;
      expect(await ask(both, name, value)).toMatchObject({
        status: 401,
        body: { code: 'token_invalid' },
      });
    }
  });
});

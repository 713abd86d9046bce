import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Module, Post } from '@nestjs/common';
import {
  clearSessionCookie,
  CurrentUser,
  Identity,
  OptionalAuth,
  PatronusModule,
  RequirePermissions,
  Revocations,
  sessionCookie,
} from '@patronus/nestjs';
import { apiKeys, createApiKey, InMemoryApiKeyStore } from '@patronus/nestjs/api-key';
import { ADAPTERS } from './adapters.js';
import { listen, type ListeningApp } from './listening-app.js';
import { send, type Sent } from './send.js';
import { TokenTableProvider } from './token-table.provider.js';

const COOKIE = '__Host-session';
const APP = 'https://app.example';

let ran = 0;

@Controller('notes')
class NotesController {
  @RequirePermissions('notes.read') @Get() list(@CurrentUser() user: Identity) {
    return { user: user.id, service: user.isService };
  }
  @Post() create(@CurrentUser() user: Identity) {
    ran += 1;
    return { user: user.id };
  }
  @Delete() remove(@CurrentUser() user: Identity) {
    ran += 1;
    return { user: user.id };
  }
  @OptionalAuth() @Post('open') open(@CurrentUser() user?: Identity) {
    ran += 1;
    return { user: user?.id ?? 'nobody' };
  }
}

const keys = new InMemoryApiKeyStore();
const reader = createApiKey({ subject: 'importer', permissions: ['notes.read'] });
const writer = createApiKey({ subject: 'writer' });
for (const { record } of [reader, writer]) keys.put(record);

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: [new TokenTableProvider(), apiKeys({ store: keys })],
      credentials: { cookie: { name: COOKIE, trustedOrigins: [APP] } },
    }),
  ],
  controllers: [NotesController],
})
class NotesModule {}

@Module({
  imports: [PatronusModule.forRoot({ identityProvider: apiKeys({ store: keys }) })],
  controllers: [NotesController],
})
class KeysOnlyModule {}

@Module({
  imports: [PatronusModule.forRoot({ identityProvider: new TokenTableProvider() })],
  controllers: [NotesController],
})
class TokensOnlyModule {}

type Header = readonly [name: string, value: string];
const bearer = (token: string): Header => ['Authorization', `Bearer ${token}`];
const apiKey = (key: string): Header => ['X-Api-Key', key];
const cookie = (token: string): Header => ['Cookie', `theme=dark; ${COOKIE}=${token}`];
const origin = (value: string): Header => ['Origin', value];

describe.each(ADAPTERS)('where credentials come from, on %s', (_name, adapter) => {
  let both: ListeningApp;
  let keysOnly: ListeningApp;
  let tokensOnly: ListeningApp;
  beforeAll(async () => {
    both = await listen(NotesModule, adapter());
    keysOnly = await listen(KeysOnlyModule, adapter());
    tokensOnly = await listen(TokensOnlyModule, adapter());
  });
  afterAll(() => Promise.all([both, keysOnly, tokensOnly].map(({ app }) => app.close())));

  const ask = (...headers: Header[]) => send(both, { headers });

  it.each<[string, Header]>([
    ['ana', bearer('ana')],
    ['ana', cookie('ana')],
    ['importer', apiKey(reader.key)],
    ['importer', ['Authorization', `ApiKey ${reader.key}`]],
    ['importer', ['authorization', `apikey  ${reader.key}`]],
  ])('knows %s, cold and warm', async (user, header) => {
    const answer = { status: 200, body: { user, service: user === 'importer' } };
    expect(await ask(header)).toEqual(answer);
    expect(await ask(header)).toEqual(answer);
  });

  it('gives a key the permissions of its record, and no more', async () => {
    expect(await ask(apiKey(writer.key))).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
  });

  it.each<[string, readonly Header[]]>([
    ['a token and a key', [bearer('ana'), apiKey(reader.key)]],
    ['a token and a cookie', [bearer('ana'), cookie('ana')]],
    ['a key and a cookie', [apiKey(reader.key), cookie('ana')]],
    ['the three of them', [bearer('ana'), apiKey(reader.key), cookie('ana')]],
    ['another scheme and a key', [['Authorization', 'Basic YTpi'], apiKey(reader.key)]],
    ['two keys', [apiKey(reader.key), apiKey(writer.key)]],
    ['one key twice', [apiKey(reader.key), ['x-api-key', reader.key]]],
    ['two tokens', [bearer('ana'), ['authorization', 'Bearer ben']]],
    ['two cookies in one header', [['Cookie', `${COOKIE}=ana; ${COOKIE}=ben`]]],
    ['two cookies in two headers', [cookie('ana'), cookie('ben')]],
    ['an empty key', [apiKey('')]],
  ])('refuses %s', async (_what, headers) => {
    const refused = { status: 400, body: { code: 'invalid_request' } };
    expect(await ask(...headers)).toMatchObject(refused);
    expect(await ask(...headers)).toMatchObject(refused);
  });

  it.each<[string, Header]>([
    ['token_malformed', apiKey('k\u00e9y')],
    ['token_malformed', cookie('t\u00f6ken')],
    ['token_malformed', cookie('"ana"')],
    ['token_invalid', apiKey('nonsense')],
    ['token_invalid', apiKey(`${reader.key}0`)],
    ['token_invalid', cookie('stranger')],
    ['token_missing', ['Cookie', 'session=ana']],
    ['token_missing', ['Cookie', `${COOKIE}=`]],
  ])('answers %s to %j', async (code, header) => {
    expect(await ask(header)).toMatchObject({ status: 401, body: { code } });
  });

  it('never takes a key for a token, or a token for a key', async () => {
    for (const header of [bearer(reader.key), cookie(reader.key)]) {
      expect((await ask(header)).body).not.toMatchObject({ user: 'importer' });
    }
    for (const header of [apiKey('ana'), ['Authorization', 'ApiKey ana'] as const]) {
      expect(await ask(bearer('ana'))).toMatchObject({ status: 200 });
      expect(await ask(header)).toMatchObject({ status: 401, body: { code: 'token_invalid' } });
    }
  });

  it('knows of keys alone where only keys are taken', async () => {
    const asked = (header: Header) => send(keysOnly, { headers: [header] });
    expect(await asked(apiKey(reader.key))).toMatchObject({ status: 200 });
    expect(await asked(['Authorization', `ApiKey ${reader.key}`])).toMatchObject({ status: 200 });
    for (const header of [bearer('ana'), cookie('ana'), bearer(reader.key)]) {
      expect(await asked(header)).toMatchObject({ status: 401, body: { code: 'token_missing' } });
    }
  });

  it('knows of tokens alone where only tokens are taken', async () => {
    const asked = (...headers: Header[]) => send(tokensOnly, { headers });
    expect(await asked(bearer('ana'), apiKey(reader.key), cookie('ben'))).toMatchObject({
      status: 200,
      body: { user: 'ana' },
    });
    for (const header of [apiKey(reader.key), cookie('ana')]) {
      expect(await asked(header)).toMatchObject({ status: 401, body: { code: 'token_missing' } });
    }
    const scheme = await asked(['Authorization', `ApiKey ${reader.key}`]);
    expect(scheme).toMatchObject({ status: 401, body: { code: 'token_missing' } });
  });

  it('refuses a key from the moment that it is revoked', async () => {
    const { key, record } = createApiKey({ subject: 'leaver', permissions: ['notes.read'] });
    keys.put(record);
    expect(await ask(apiKey(key))).toMatchObject({ status: 200 });
    await both.app.get(Revocations).revoke({ token: record.id, issuer: 'api-key' });
    expect(await ask(apiKey(key))).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
    expect(await ask(apiKey(reader.key))).toMatchObject({ status: 200 });
  });

  describe('a request that changes something', () => {
    const unsafe = async (headers: readonly Header[], sent: Sent = {}) => {
      const before = ran;
      const { status, body } = await send(both, { method: 'POST', ...sent, headers });
      expect(ran - before).toBe(status < 300 ? 1 : 0);
      return { status, body };
    };
    const forged = { status: 403, body: { code: 'csrf_rejected' } };
    const own = () => origin(new URL(both.url).origin);

    it('is let in by cookie from its own origin and from a trusted one', async () => {
      for (const method of ['POST', 'DELETE']) {
        for (const from of [own(), origin(APP)]) {
          for (const site of ['same-origin', 'same-site']) {
            const headers: Header[] = [cookie('ana'), from, ['Sec-Fetch-Site', site]];
            expect((await unsafe(headers, { method })).status).toBeLessThan(300);
          }
          expect((await unsafe([cookie('ana'), from], { method })).status).toBeLessThan(300);
        }
        const silent: Header[] = [cookie('ana'), ['Sec-Fetch-Site', 'same-origin']];
        expect((await unsafe(silent, { method })).status).toBeLessThan(300);
      }
    });

    it.each<[string, readonly Header[]]>([
      ['no Origin', []],
      ['no Origin, of the same site', [['Sec-Fetch-Site', 'same-site']]],
      ['no Origin, of no site', [['Sec-Fetch-Site', 'none']]],
      ['another Origin', [origin('https://evil.example')]],
      ['the Origin null', [origin('null')]],
      ['two Origins', [origin(APP), origin(APP)]],
      ['a trusted Origin over http', [origin('http://app.example')]],
      ['a trusted Origin and more', [origin(`${APP}.evil.example`)]],
      ['a trusted Origin of another site', [origin(APP), ['Sec-Fetch-Site', 'cross-site']]],
      ['a trusted Origin of no site', [origin(APP), ['Sec-Fetch-Site', 'none']]],
      [
        'another Origin that calls itself same-origin',
        [origin('https://evil.example'), ['Sec-Fetch-Site', 'same-origin']],
      ],
      [
        'a host that only a header names',
        [origin('https://evil.example'), ['X-Forwarded-Host', 'evil.example']],
      ],
    ])('is refused by cookie with %s', async (_what, headers) => {
      expect(await ask(cookie('ana'))).toMatchObject({ status: 200 });
      for (const sent of [{}, { method: 'DELETE' }, { path: '/notes/open' }]) {
        expect(await unsafe([cookie('ana'), ...headers], sent)).toMatchObject(forged);
      }
    });

    it('is refused before anyone asks whose cookie it is', async () => {
      const headers = [cookie('stranger'), origin('https://evil.example')];
      expect(await unsafe(headers)).toMatchObject(forged);
      expect(await unsafe([cookie('stranger'), own()])).toMatchObject({ status: 401 });
    });

    it('stays what it is, whatever a header calls it', async () => {
      const names = ['X-Http-Method-Override', 'X-Http-Method', 'X-Method-Override'];
      for (const name of names) {
        expect(await unsafe([cookie('ana'), [name, 'GET']])).toMatchObject(forged);
      }
      expect(await unsafe([cookie('ana')], { path: '/notes?_method=GET' })).toMatchObject(forged);
    });

    it('needs no Origin with a token or a key, which no browser adds by itself', async () => {
      for (const header of [bearer('ana'), apiKey(writer.key)]) {
        const headers = [header, origin('https://evil.example')];
        expect(await unsafe(headers)).toMatchObject({ status: 201 });
      }
    });
  });

  it('leaves GET and HEAD by cookie to SameSite', async () => {
    const crossing: Header[] = [
      cookie('ana'),
      origin('https://evil.example'),
      ['Sec-Fetch-Site', 'cross-site'],
    ];
    expect(await ask(...crossing)).toMatchObject({ status: 200 });
    expect(await send(both, { method: 'HEAD', headers: crossing })).toMatchObject({ status: 200 });
  });

  it('reads the cookie that it writes, and none once it is cleared', async () => {
    const [pair = ''] = sessionCookie(COOKIE, 'ana', { maxAge: 60 }).split(';');
    expect(await ask(['Cookie', pair])).toMatchObject({ body: { user: 'ana' } });
    const [cleared = ''] = clearSessionCookie(COOKIE).split(';');
    expect(await ask(['Cookie', cleared])).toMatchObject({ body: { code: 'token_missing' } });
  });
});

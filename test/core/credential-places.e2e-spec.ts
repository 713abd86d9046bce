import 'reflect-metadata';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Get, Header, Module, Post, Sse, StreamableFile } from '@nestjs/common';
import {
  AllowQueryToken,
  CurrentUser,
  Identity,
  OptionalAuth,
  PatronusModule,
  type PatronusModuleOptions,
  RequirePermissions,
} from '@patronus/nestjs';
import { apiKeys, createApiKey, InMemoryApiKeyStore } from '@patronus/nestjs/api-key';
import { of } from 'rxjs';
import { ADAPTERS } from './adapters.js';
import { listen, type ListeningApp } from './listening-app.js';
import { send } from './send.js';
import { TokenTableProvider } from './token-table.provider.js';

@Controller('notes')
class NotesController {
  @Get() list(@CurrentUser() user: Identity) {
    return { user: user.id };
  }
  @OptionalAuth() @Get('open') open(@CurrentUser() user?: Identity) {
    return { user: user?.id ?? 'nobody' };
  }
  @Post() create(@CurrentUser() user: Identity) {
    return { user: user.id };
  }
  @Sse('events') @AllowQueryToken() events(@CurrentUser() user: Identity) {
    return of({ data: { user: user.id } });
  }
  @Get('download') @AllowQueryToken() @Header('Content-Type', 'text/plain') download(
    @CurrentUser() user: Identity,
  ) {
    return new StreamableFile(Readable.from([`the file of ${user.id}`]));
  }
  @Get('secret') @AllowQueryToken() @RequirePermissions('notes.secret') secret() {
    return 'secret';
  }
  @OptionalAuth() @Get('feed') @AllowQueryToken() feed(@CurrentUser() user?: Identity) {
    return { user: user?.id ?? 'nobody' };
  }
}

const keys = new InMemoryApiKeyStore();
const reader = createApiKey({ subject: 'importer' });
keys.put(reader.record);

const own = (value: string) => ['X-Access-Token', value] as const;
const places = { header: 'X-Access-Token', query: 'access_token', cookie: { name: 'session' } };
const unsafeHeaders = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

describe.each(ADAPTERS)('where credentials may come from by choice, on %s', (_name, adapter) => {
  let both: ListeningApp;
  let keysOnly: ListeningApp;

  const start = (options: PatronusModuleOptions, controller = NotesController) => {
    @Module({ imports: [PatronusModule.forRoot(options)], controllers: [controller] })
    class NotesModule {}
    return listen(NotesModule, adapter());
  };
  beforeAll(async () => {
    const tokens = new TokenTableProvider();
    both = await start({
      identityProvider: [tokens, apiKeys({ store: keys })],
      credentials: places,
    });
    keysOnly = await start({
      identityProvider: apiKeys({ store: keys }),
      credentials: { header: 'x-access-token', query: 'key' },
    });
  });
  afterAll(() => Promise.all([both.app.close(), keysOnly.app.close()]));

  type Sent = ConstructorParameters<typeof Headers>[0];

  interface Asked {
    readonly on?: ListeningApp;
    readonly method?: string;
  }

  async function ask(path: string, headers: Sent = {}, { on = both, method = 'GET' }: Asked = {}) {
    const answer = await fetch(`${on.url}/notes${path}`, { method, headers });
    const text = await answer.text();
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
    const kept = Object.keys(unsafeHeaders).map((name) => [name, answer.headers.get(name)]);
    return { status: answer.status, body, headers: Object.fromEntries(kept) };
  }
  const ana = { status: 200, body: { user: 'ana' } };
  const refused = (status: number, code: string) => ({ status, body: { code } });

  describe('a header of its own', () => {
    it.each(['ana', 'Bearer ana', 'bearer  ana', ' ana '])('holds %j', async (value) => {
      for (let time = 0; time < 2; time++) {
        expect(await ask('', { 'x-access-token': value })).toMatchObject(ana);
      }
      expect(await ask('', { authorization: 'Bearer ana' })).toMatchObject(ana);
    });

    it('holds an API key behind its scheme, or alone where only keys are taken', async () => {
      const importer = { status: 200, body: { user: 'importer' } };
      const behindScheme = { 'x-access-token': `ApiKey ${reader.key}` };
      expect(await ask('', behindScheme)).toMatchObject(importer);
      for (const header of [behindScheme, { 'x-access-token': reader.key }]) {
        expect(await ask('', header, { on: keysOnly })).toMatchObject(importer);
      }
      expect(await ask('', { 'x-access-token': 'Bearer ana' }, { on: keysOnly })).toMatchObject(
        refused(401, 'token_missing'),
      );
    });

    it.each<[number, string, Sent]>([
      [400, 'invalid_request', { 'x-access-token': '' }],
      [400, 'invalid_request', { 'x-access-token': 'Bearer' }],
      [400, 'invalid_request', { 'x-access-token': 'Bearer a b' }],
      [400, 'invalid_request', { 'x-access-token': 'ana', authorization: 'Bearer ana' }],
      [400, 'invalid_request', { 'x-access-token': 'ana', authorization: 'Basic YTpi' }],
      [400, 'invalid_request', { 'x-access-token': 'ana', cookie: 'session=ana' }],
      [400, 'invalid_request', { 'x-access-token': 'ana', 'x-api-key': reader.key }],
      [
        400,
        'invalid_request',
        [
          ['x-access-token', 'ana'],
          ['x-access-token', 'ben'],
        ],
      ],
      [400, 'invalid_request', { 'x-access-token': 'Basic ana' }],
      [401, 'token_missing', { 'x-other-token': 'ana' }],
      [401, 'token_invalid', { 'x-access-token': 'stranger' }],
      [401, 'token_malformed', { 'x-access-token': 'a"b' }],
      [401, 'dpop_proof_missing', { 'x-access-token': 'DPoP ana' }],
    ])('answers %d %s to %j', async (status, code, headers) => {
      for (const path of ['', '/open']) {
        if (path === '/open' && code === 'token_missing') continue;
        expect(await ask(path, headers)).toMatchObject(refused(status, code));
      }
    });

    it('is refused if it was sent twice', async () => {
      for (const headers of [
        [own('ana'), own('ana')],
        [own('ana'), own('Bearer ben')],
      ]) {
        expect(await send(both, { headers })).toMatchObject(refused(400, 'invalid_request'));
      }
      expect(await send(both, { headers: [own('ana')] })).toMatchObject(ana);
    });
  });

  describe('the query', () => {
    it('holds the token of an event source and of a download, which nothing may keep', async () => {
      const stream = await ask('/events?access_token=ana');
      expect(stream).toMatchObject({ status: 200, body: expect.stringContaining('"user":"ana"') });
      expect(stream.headers['cache-control']).toContain('no-store');
      expect(stream.headers['referrer-policy']).toBe('no-referrer');
      for (const path of ['/download?access_token=ana', '/download?a=1&%61ccess_token=ana']) {
        expect(await ask(path)).toEqual({
          status: 200,
          body: 'the file of ana',
          headers: unsafeHeaders,
        });
      }
      expect(await ask('/download', { authorization: 'Bearer ana' })).toMatchObject({
        status: 200,
        headers: { 'cache-control': null, 'referrer-policy': null },
      });
    });

    it('is refused on every other route', async () => {
      for (const path of ['', '/open']) {
        expect(await ask(`${path}?access_token=ana`)).toMatchObject(
          refused(400, 'invalid_request'),
        );
      }
      expect(await ask('', {}, { on: keysOnly })).toMatchObject(refused(401, 'token_missing'));
      expect(await ask(`?key=${reader.key}`, {}, { on: keysOnly })).toMatchObject(
        refused(401, 'token_missing'),
      );
      expect(await ask(`/feed?key=${reader.key}`, {}, { on: keysOnly })).toMatchObject({
        body: { user: 'importer' },
      });
    });

    it('is refused beside any other credential', async () => {
      for (const headers of [
        { authorization: 'Bearer ana' },
        { authorization: 'Basic YTpi' },
        { 'x-access-token': 'ana' },
        { 'x-api-key': reader.key },
        { cookie: 'session=ana' },
      ]) {
        expect(await ask('/feed?access_token=ana', headers)).toEqual({
          ...refused(400, 'invalid_request'),
          body: expect.objectContaining({ code: 'invalid_request' }),
          headers: unsafeHeaders,
        });
      }
    });

    it.each([
      [400, 'invalid_request', '/feed?access_token='],
      [400, 'invalid_request', '/feed?access_token=ana&access_token=ana'],
      [401, 'token_malformed', '/feed?access_token=a%20b'],
      [401, 'token_malformed', `/feed?access_token=${'a'.repeat(12_000)}%22`],
      [401, 'token_invalid', '/feed?access_token=stranger'],
      [403, 'permission_denied', '/secret?access_token=ana'],
    ])('answers %d %s, which nothing may keep, to %s', async (status, code, path) => {
      for (let time = 0; time < 2; time++) {
        expect(await ask(path)).toMatchObject({ ...refused(status, code), headers: unsafeHeaders });
      }
    });

    it('holds no token of another method', async () => {
      const head = await ask('/feed?access_token=ana', {}, { method: 'HEAD' });
      expect(head.status).toBe(400);
      expect(await ask('/feed', { authorization: 'Bearer ana' }, { method: 'HEAD' })).toMatchObject(
        { status: 200 },
      );
      const post = await ask('?access_token=ana', {}, { method: 'POST' });
      expect(post).toMatchObject(refused(400, 'invalid_request'));
    });
  });

  it('stops the start where a route cannot take its token from the query', async () => {
    @Controller('any')
    class AnyController {
      @All() @AllowQueryToken() any() {}
    }
    @Controller('post')
    class PostController {
      @Post() @AllowQueryToken() create() {}
    }
    const identityProvider = new TokenTableProvider();
    for (const [controller, name] of [
      [AnyController, 'AnyController.any'],
      [PostController, 'PostController.create'],
    ] as const) {
      const options = { identityProvider, credentials: { query: 'token' } };
      await expect(start(options, controller as never)).rejects.toMatchObject({
        name: 'PatronusConfigurationError',
        path: name,
      });
    }
    await expect(start({ identityProvider })).rejects.toMatchObject({
      path: 'NotesController.events',
      message: expect.stringContaining("credentials: { query: 'access_token' }"),
    });
  });
});

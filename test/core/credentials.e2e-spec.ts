import 'reflect-metadata';
import { request as send } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { CurrentUser, Identity, PatronusModule } from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

@Controller('notes')
class NotesController {
  @Get() list(@CurrentUser() user: Identity) {
    return { user: user.id };
  }
  @Post() create(@CurrentUser() user: Identity, @Body() body: { userId?: string }) {
    return { user: user.id, body };
  }
}

@Module({
  imports: [PatronusModule.forRoot({ identityProvider: new TokenTableProvider() })],
  controllers: [NotesController],
})
class NotesModule {}

/** Sends bytes as they are, and returns the status line and the headers of the answer. */
function raw(url: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write([...lines, `Host: ${hostname}`, 'Connection: close', '', ''].join('\r\n'));
    });
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe.each(ADAPTERS)('the credential of a request, on %s', (_name, adapter) => {
  let running: ListeningApp;
  beforeAll(async () => void (running = await listen(NotesModule, adapter())));
  afterAll(() => running.app.close());

  const get = (path: string, authorization?: string) =>
    fetch(`${running.url}${path}`, authorization ? { headers: { authorization } } : {});

  it.each([
    ['Bearer ana', 200],
    ['bearer ana', 200],
    ['BEARER  ana', 200],
    ['Bearer ana ', 200],
    ['Bearer', 400],
    ['Bearer ana ben', 400],
    ['Bearer ana,ben', 401],
    ['Basic YW5hOmFuYQ==', 401],
    ['ana', 401],
    ['Bearer stranger', 401],
    [`Bearer ${'a'.repeat(14_000)}`, 200],
  ])('answers %j with %i, cold and warm', async (authorization, status) => {
    expect((await get('/notes', authorization)).status).toBe(status);
    expect((await get('/notes', authorization)).status).toBe(status);
  });

  it('gives a request without a token the bare challenge', async () => {
    const answer = await get('/notes');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="patronus"');
    expect(await answer.json()).toEqual({
      statusCode: 401,
      code: 'token_missing',
      message: 'This needs an access token.',
    });
  });

  it.each(['/notes?access_token=ana', '/notes?x=1&access_token=ana'])(
    'refuses a token in the query string, with or without another: %s',
    async (path) => {
      for (const authorization of [undefined, 'Bearer ana']) {
        const answer = await get(path, authorization);
        expect(answer.status).toBe(400);
        expect(answer.headers.get('www-authenticate')).toContain('error="invalid_request"');
        expect(await answer.json()).toMatchObject({ code: 'invalid_request' });
      }
    },
  );

  it('refuses two Authorization headers, though Node would read the first', async () => {
    for (const second of ['Bearer ana', 'Bearer ben', 'Basic YTpi']) {
      const answer = await raw(running.url, [
        'GET /notes HTTP/1.1',
        'Authorization: Bearer ana',
        `authorization: ${second}`,
      ]);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('invalid_request');
    }
  });

  it('refuses a token in a form body beside the header', async () => {
    const answer = await fetch(`${running.url}/notes`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer ana',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'access_token=ben',
    });
    expect(answer.status).toBe(400);
  });

  it('takes the identity from the credential only', async () => {
    const answer = await fetch(`${running.url}/notes?userId=eve&user=eve`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer ana',
        'content-type': 'application/json',
        'x-user-id': 'eve',
        'x-tenant': 'eve',
      },
      body: JSON.stringify({ userId: 'eve', user: { id: 'eve' }, tenant: 'eve', role: 'admin' }),
    });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ user: 'ana' });
  });

  it('does not answer through an overridden method, or a HEAD, without a token', async () => {
    for (const [method, path] of [
      ['HEAD', '/notes'],
      ['POST', '/notes'],
    ] as const) {
      const status = await new Promise((resolve, reject) => {
        const headers = { 'x-http-method-override': 'GET' };
        send(running.url + path, { method, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(401);
    }
  });
});

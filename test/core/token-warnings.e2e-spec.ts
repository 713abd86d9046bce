import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Logger, Module } from '@nestjs/common';
import { CurrentUser, Identity, type IdentityProvider, PatronusModule } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer, TestKey } from '@patronus/nestjs/testing';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';

@Controller('me')
class MeController {
  @Get() me(@CurrentUser() { roles }: Identity) {
    return { roles };
  }
}

describe.each(ADAPTERS)('the log of production, on %s', (_name, adapter) => {
  let issuer: TestIssuer;
  let other: TestIssuer;
  let running: ListeningApp;
  const warned = jest.fn<(line: string) => void>();

  beforeEach(async () => {
    [issuer, other] = await Promise.all([TestIssuer.start(), TestIssuer.start()]);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned);
    jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
  });
  afterEach(async () => {
    await Promise.all([running.app.close(), issuer.stop(), other.stop()]);
    jest.restoreAllMocks();
    warned.mockReset();
  });

  async function start(identityProvider: IdentityProvider | readonly IdentityProvider[]) {
    @Module({
      imports: [PatronusModule.forRoot({ identityProvider: [identityProvider].flat() })],
      controllers: [MeController],
    })
    class AppModule {}
    running = await listen(AppModule, adapter());
    // This request makes the provider fetch the keys.
    expect((await ask(running, 'me', await issuer.token({ aud: 'api' }))).status).toBe(200);
    warned.mockReset();
  }

  const provider = () => oidc({ issuer: issuer.url, audience: 'api' });
  const lines = () => warned.mock.calls.map(([line]) => line);

  it.each([
    ['another audience', 'token_invalid', { aud: 'account' }, 'aud is "account"; expected "api"'],
    ['no audience', 'token_invalid', { aud: '' }, 'the token has no aud; expected "api"'],
    ['no issuer', 'issuer_unknown', { iss: '' }, 'the token has no iss; expected '],
    ['a slash too many', 'issuer_unknown', { iss: '<issuer>/' }, 'iss is "<issuer>/"; expected '],
  ])('names what was found and what to do, once: %s', async (_what, code, claims, reason) => {
    const named = (text: string) => text.replace('<issuer>', issuer.url);
    const changed = Object.entries(claims).map(([name, text]) => [name, named(text) || undefined]);
    const token = await issuer.token({ aud: 'api', ...Object.fromEntries(changed) });
    for (const providers of [
      provider(),
      [provider(), oidc({ issuer: other.url, audience: 'x' })],
    ]) {
      await start(providers);
      for (let times = 0; times < 3; times += 1) {
        const answer = await ask(running, 'me', token);
        expect(answer).toMatchObject({ status: 401, body: { code } });
        expect(Object.keys(Object(answer.body))).toEqual(['statusCode', 'code', 'message']);
      }
      const [line = '', ...more] = lines();
      expect(more).toEqual([]);
      expect(JSON.parse(line.slice(line.indexOf('{')))).toMatchObject({
        route: 'MeController.me',
        reason: expect.stringContaining(named(reason)),
        remedy: expect.stringMatching(/^Let the issuer write .* or correct the options/),
      });
      expect(line).not.toContain(token);
      await running.app.close();
    }
  });

  it('logs each denial with its decision id: the first as a warning, the others at debug', async () => {
    await start(provider());
    const debugged = jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
    const authorization = `Bearer ${await issuer.token({ aud: 'account' })}`;
    const ids = [];
    for (let times = 0; times < 3; times += 1) {
      const { headers } = await fetch(`${running.url}/me`, { headers: { authorization } });
      ids.push(headers.get('patronus-decision'));
    }
    const logged = (calls: readonly (readonly unknown[])[]) =>
      calls.map(([line]) => /"decisionId":"([^"]+)"/.exec(String(line))?.[1]);
    expect(logged(warned.mock.calls)).toEqual(ids.slice(0, 1));
    expect(logged(debugged.mock.calls)).toEqual(ids.slice(1));
  });

  it('tells of roles that are not texts, whose caller has the others', async () => {
    await start(provider());
    const claims = { aud: 'api', roles: ['doctor', { name: 'admin' }] };
    for (const sub of ['ana', 'ben']) {
      const answer = await ask(running, 'me', await issuer.token({ sub, ...claims }));
      expect(answer).toMatchObject({ status: 200, body: { roles: ['doctor'] } });
    }
    expect(lines()).toEqual([
      expect.stringMatching(/: the claim roles holds entries that are not texts \(object\)/),
    ]);
  });

  it('is not flooded by tokens that nobody signed', async () => {
    await start(provider());
    const key = await TestKey.generate('RS256', { kid: issuer.key.kid });
    for (const claims of [{}, { aud: 'other' }, { iss: `${issuer.url}/` }, { exp: 1 }]) {
      expect((await ask(running, 'me', await issuer.token(claims, { key }))).status).toBe(401);
    }
    for (const token of ['opaque', 'a.b.c']) await ask(running, 'me', token);
    expect(lines()).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { json, page, TokenServer } from '../../../../../test/fixtures/token-server.js';
import { introspection } from './index.js';

let server: TokenServer;
beforeEach(async () => {
  server = await TokenServer.start(json({ active: true, sub: 'ana' }));
});
afterEach(() => server.stop());

async function failure() {
  const url = `${server.url}/introspect`;
  const by = introspection({ url, clientId: 'clinic', clientSecret: 'secret' });
  return by.authenticate({ scheme: 'bearer', token: 'opaque' }).catch((error: unknown) => error);
}

describe('the remedy for operators', () => {
  it.each([
    ['an address without the endpoint', page(404), 'Check introspection.url.'],
    ['a page', page(200), 'Check introspection.url.'],
    [
      'another document',
      json({ login: '/' }),
      'Let introspection.url be the introspection endpoint',
    ],
    [
      'refused credentials',
      page(401),
      'Check introspection.clientId, and introspection.clientSecret',
    ],
    [
      'forbidden credentials',
      page(403),
      'Check introspection.clientId, and introspection.clientSecret',
    ],
  ])('names the option of an outage: %s', async (_what, behaviour, remedy) => {
    server.behaviour = behaviour;
    expect(await failure()).toMatchObject({
      code: 'provider_unavailable',
      reason: expect.stringMatching(/^introspection: /),
      remedy: expect.stringContaining(remedy),
    });
  });

  it('names the option if nothing listens there', async () => {
    await server.stop();
    expect(await failure()).toMatchObject({ remedy: 'Check introspection.url.' });
    await server.listen();
  });

  it('names the option if the answer names no caller', async () => {
    server.behaviour = json({ active: true, username: 'ana' });
    expect(await failure()).toMatchObject({
      code: 'token_invalid',
      remedy: expect.stringMatching(/"sub".* introspection\.subjectFallback\.$/),
    });
  });

  it('is none if the server reports its own failure', async () => {
    server.behaviour = page(500);
    expect(await failure()).toMatchObject({ code: 'provider_unavailable', remedy: undefined });
  });
});

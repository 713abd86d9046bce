import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { introspection } from '@patronus/nestjs/introspection';
import { describeIdentityProvider, type ProviderHarness } from '@patronus/nestjs/testing';
import { AnsweringServer } from './answering-server.js';
import { bearer, TOKENS } from './opaque-tokens.js';

const AUDIENCE = 'https://api.novah.example';
const AUTHORIZATION = `Basic ${Buffer.from('clinic:its-secret').toString('base64')}`;

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** Returns the server's data for each token (RFC 7662, section 2.2). */
function known(token: string | null): object {
  const good = { active: true, aud: AUDIENCE, scope: 'openid patients', exp: inSeconds(300) };
  if (token === TOKENS.good) return { ...good, sub: 'ana' };
  if (token === TOKENS.other) return { ...good, sub: 'ben' };
  if (token === TOKENS.ended) return { ...good, sub: 'ana', exp: inSeconds(-60) };
  if (token === TOKENS.foreign) return { ...good, sub: 'ana', aud: 'https://another.example' };
  return { active: false };
}

const harness: ProviderHarness = {
  async start() {
    const server = new AnsweringServer(({ headers }, body) => {
      if (headers.authorization !== AUTHORIZATION) return { status: 401, body: {} };
      return { status: 200, body: known(new URLSearchParams(body).get('token')) };
    });
    const url = `${await server.start()}/introspect`;
    return {
      provider: introspection({
        url,
        clientId: 'clinic',
        clientSecret: 'its-secret',
        audience: AUDIENCE,
      }),
      good: () => bearer(TOKENS.good),
      expected: { id: 'ana', scopes: ['openid', 'patients'], isService: false },
      other: () => bearer(TOKENS.other),
      expired: () => bearer(TOKENS.ended),
      forged: () => bearer(TOKENS.forged),
      foreign: () => bearer(TOKENS.foreign),
      outage: () => void (server.down = true),
      recover: () => void (server.down = false),
      calls: () => server.calls,
      stop: () => server.stop(),
    };
  },
};

describeIdentityProvider('introspection()', harness, { framework: { describe, it } });

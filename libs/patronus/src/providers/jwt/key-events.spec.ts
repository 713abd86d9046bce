import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ProviderEvent } from '../../identity/provider-event.js';
import { FAILURES_TO_OPEN, OPEN_FOR } from '../../remote/failure-streak.js';
import { TestIssuer } from '../../testing/index.js';
import { type JwtIdentityProvider, oidc } from './index.js';
import { FETCH_WINDOW, FETCHES_PER_WINDOW, KEYS_MAX_AGE } from './key-policy.js';

let issuer: TestIssuer;
let provider: JwtIdentityProvider;
let events: ProviderEvent[];
let now: number;

beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  issuer = await TestIssuer.start();
  provider = oidc({ issuer: issuer.url, audience: 'test', jwksUri: issuer.jwksUri });
  events = [];
  provider.observe((event) => events.push(event));
});

afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.stop();
});

const pass = (seconds: number) => (now += seconds * 1000);
const ask = async () =>
  provider.authenticate({ scheme: 'bearer', token: await issuer.token() }).then(
    () => 'good',
    ({ code }: { code: string }) => code,
  );

describe('the keys of an issuer', () => {
  it('tell of nothing while all is well', async () => {
    await ask();
    pass(KEYS_MAX_AGE + 1);
    await ask();
    expect(issuer.fetches.jwks).toBe(2);
    expect(events).toEqual([]);
  });

  it('tell of an outage once, with its cause, and of its end', async () => {
    issuer.outage('error');
    expect(await ask()).toBe('provider_unavailable');
    expect(await ask()).toBe('provider_unavailable');
    issuer.recover();
    pass(FETCH_WINDOW);
    expect(await ask()).toBe('good');
    const about = { provider: 'oidc', issuer: issuer.url };
    expect(events).toEqual([
      {
        ...about,
        type: 'provider_unavailable',
        reason: expect.stringContaining('status 500'),
      },
      { ...about, type: 'provider_recovered' },
    ]);
  });

  it('tell which keys came and went', async () => {
    await ask();
    const { kid: old } = issuer.key;
    const { kid: fresh } = await issuer.rotate();
    expect(await ask()).toBe('good');
    expect(events).toEqual([
      {
        provider: 'oidc',
        issuer: issuer.url,
        type: 'keys_rotated',
        added: [fresh],
        removed: [old],
      },
    ]);
  });

  it('are not asked for while the circuit is open, and are once it has closed', async () => {
    issuer.outage('refuse');
    for (let failures = 0; failures < FAILURES_TO_OPEN; failures++) {
      expect(await ask()).toBe('provider_unavailable');
      if ((failures + 1) % FETCHES_PER_WINDOW === 0) pass(FETCH_WINDOW);
    }
    expect(issuer.fetches.jwks).toBe(FAILURES_TO_OPEN);
    expect(await ask()).toBe('provider_unavailable');
    expect(issuer.fetches.jwks).toBe(FAILURES_TO_OPEN);

    issuer.recover();
    pass(OPEN_FOR.most + 1);
    expect(await ask()).toBe('good');
    expect(events.map(({ type }) => type)).toEqual(['provider_unavailable', 'provider_recovered']);
  });
});

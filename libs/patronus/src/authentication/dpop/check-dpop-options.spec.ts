import { describe, expect, it } from '@jest/globals';
import { checkDPoPOptions } from './check-dpop-options.js';
import { InMemoryDPoPReplays } from './in-memory.dpop-replays.js';

const secret = 'x'.repeat(32);
const wrong = (path: string) =>
  expect.objectContaining({ name: 'PatronusConfigurationError', path });

/** Checks options that were written without type checks. */
const check = (options: object) => checkDPoPOptions(JSON.parse(JSON.stringify(options)));

describe('checkDPoPOptions', () => {
  it('needs none', () => {
    expect(checkDPoPOptions()).toEqual({
      requiredFor: new Set(),
      origin: undefined,
      maxAge: 60,
      leeway: 15,
      nonces: undefined,
      replays: expect.any(InMemoryDPoPReplays),
    });
  });

  it('takes what it is given', () => {
    const replays = new InMemoryDPoPReplays();
    const settings = checkDPoPOptions({
      requiredFor: ['https://id.example'],
      origin: 'https://api.example.com:8443',
      maxAge: 300,
      leeway: 0,
      nonces: { secret: Buffer.from(secret), lifetime: 60 },
      replays,
    });
    expect(settings).toMatchObject({
      origin: 'https://api.example.com:8443',
      maxAge: 300,
      leeway: 0,
    });
    expect(settings.requiredFor.has('https://id.example')).toBe(true);
    expect(settings.nonces?.current()).toMatch(/^[\w-]{43}$/);
    expect(settings.replays).toBe(replays);
  });

  it.each<[string, object]>([
    ['dpop.maxage', { maxage: 5 }],
    ['dpop.maxAge', { maxAge: 0 }],
    ['dpop.maxAge', { maxAge: 301 }],
    ['dpop.maxAge', { maxAge: '60' }],
    ['dpop.leeway', { leeway: -1 }],
    ['dpop.leeway', { leeway: 301 }],
    ['dpop.leeway', { leeway: 1.5 }],
    ['dpop.leeway', { leeway: Number.NaN }],
    ['dpop.requiredFor', { requiredFor: [] }],
    ['dpop.requiredFor', { requiredFor: 'https://id.example' }],
    ['dpop.origin', { origin: 'api.example.com' }],
    ['dpop.origin', { origin: 'https://api.example.com/' }],
    ['dpop.origin', { origin: 'https://api.example.com/v1' }],
    ['dpop.origin', { origin: 'https://API.example.com' }],
    ['dpop.origin', { origin: 'ws://api.example.com' }],
    ['dpop.origin', { origin: '' }],
    ['dpop.nonces.secret', { nonces: {} }],
    ['dpop.nonces.secret', { nonces: { secret: 'x'.repeat(31) } }],
    ['dpop.nonces.secret', { nonces: { secret: 32 } }],
    ['dpop.nonces.lifetime', { nonces: { secret, lifetime: 0 } }],
    ['dpop.nonces.ttl', { nonces: { secret, ttl: 5 } }],
    ['dpop.replays', { replays: {} }],
  ])('refuses a wrong %s: %j', (path, options) => {
    expect(() => check(options)).toThrow(wrong(path));
  });

  it('says nothing of a secret', () => {
    expect(() => check({ nonces: { secret: 'hush' } })).toThrow(/^(?!.*hush)/);
  });
});

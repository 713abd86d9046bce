import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestIssuer, TestKey, type Outage } from '../../testing/index.js';
import { JwtIdentityProvider, oidc } from './index.js';

let issuer: TestIssuer;
let provider: JwtIdentityProvider;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  jest.spyOn(Math, 'random').mockReturnValue(0);
  issuer = await TestIssuer.start();
  provider = oidc({ issuer: issuer.url, audience: 'test', jwksUri: issuer.jwksUri });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.stop();
});

const pass = (seconds: number) => (now += seconds * 1000);
const authenticate = (token: string) => provider.authenticate({ scheme: 'bearer', token });
const good = async () => authenticate(await issuer.token());
/** Token whose key is unknown, so that its signature is not checked. */
const unknown = () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { alg: 'RS256', kid: randomUUID() };
  return authenticate(`${encode(header)}.${encode({ iss: issuer.url })}.AAAA`);
};
const by = async (key: TestKey) => authenticate(await issuer.token({}, { key }));

/** Waits for a fetch in the background. */
async function settled(fetches: number) {
  while (issuer.fetches.jwks < fetches) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 50));
}

const UNKNOWN_KID = { code: 'token_invalid', reason: 'unknown kid' };
const UNAVAILABLE = { code: 'provider_unavailable', retryAfter: 5 };

describe('fetching', () => {
  it('happens once for a hundred tokens at once, and not again while the keys are fresh', async () => {
    const tokens = await Promise.all(Array.from({ length: 100 }, () => issuer.token()));
    await Promise.all(tokens.map(authenticate));
    pass(239);
    await good();
    expect(issuer.fetches.jwks).toBe(1);
  });

  it('happens in the background after four minutes of use', async () => {
    await good();
    pass(241);
    issuer.outage('hang');
    await good();
    await settled(2);
    await good();
    expect(issuer.fetches.jwks).toBe(2);
  });

  it('stops a removed key within five minutes, also after a long silence', async () => {
    const old = issuer.key;
    await good();
    await issuer.rotate();
    pass(200);
    await expect(by(old)).resolves.toBeDefined();
    pass(101);
    await expect(by(old)).rejects.toMatchObject(UNKNOWN_KID);
  });

  it('stops a removed key at once when a new one was fetched', async () => {
    const old = issuer.key;
    await good();
    await issuer.rotate();
    await good();
    await expect(by(old)).rejects.toMatchObject(UNKNOWN_KID);
  });

  it('believes an issuer that publishes no key any more', async () => {
    await good();
    issuer.removeKey(issuer.key.kid);
    pass(301);
    await expect(good()).rejects.toMatchObject(UNAVAILABLE);
  });
});

describe('a flood of unknown kids', () => {
  it('costs two fetches a window, refuses with 401, and disturbs nobody', async () => {
    const token = await issuer.token();
    await authenticate(token);
    for (let window = 1; window <= 3; window += 1) {
      const before = issuer.fetches.jwks;
      for (let i = 0; i < 50; i += 1) {
        const flood = Array.from({ length: 20 }, () =>
          expect(unknown()).rejects.toMatchObject(UNKNOWN_KID),
        );
        await Promise.all(flood);
        await authenticate(token);
        pass(0.19);
      }
      expect(issuer.fetches.jwks - before).toBeLessThanOrEqual(2);
      pass(0.5);
    }
    expect(issuer.fetches.jwks).toBeLessThanOrEqual(7);
  });

  it('lets a freshly rotated key in within the window', async () => {
    await good();
    await expect(unknown()).rejects.toMatchObject(UNKNOWN_KID);
    await expect(unknown()).rejects.toMatchObject(UNKNOWN_KID);
    await issuer.rotate();
    await expect(good()).rejects.toMatchObject(UNKNOWN_KID);
    pass(10);
    await Promise.all([expect(unknown()).rejects.toMatchObject(UNKNOWN_KID), good()]);
  });

  it('never opens more than two fetches in any ten seconds, wherever they start', async () => {
    const starts: number[] = [];
    let seen = 0;
    for (let i = 0; i < 200; i += 1) {
      await unknown().catch(() => undefined);
      if (issuer.fetches.jwks > seen) starts.push(now);
      seen = issuer.fetches.jwks;
      pass((i * 7) % 3);
    }
    expect(starts.length).toBe(seen);
    for (const [i, start] of starts.entries()) {
      expect((starts[i + 2] ?? Infinity) - start).toBeGreaterThanOrEqual(10_000);
    }
  });
});

describe.each<Outage>(['refuse', 'error', 'html', 'huge', 'redirect'])('an outage: %s', (kind) => {
  it('is 503 while nothing is known, two fetches a window, and ends by itself', async () => {
    issuer.outage(kind);
    for (let i = 0; i < 10; i += 1) await expect(good()).rejects.toMatchObject(UNAVAILABLE);
    expect(issuer.fetches.jwks).toBe(2);
    issuer.recover();
    pass(10);
    await expect(good()).resolves.toBeDefined();
  });

  it('leaves known keys good for an hour, and no longer', async () => {
    await good();
    issuer.outage(kind);
    for (let minute = 1; minute < 60; minute += 1) {
      pass(60);
      await expect(good()).resolves.toBeDefined();
    }
    await expect(unknown()).rejects.toMatchObject(UNAVAILABLE);
    pass(61);
    await expect(good()).rejects.toMatchObject(UNAVAILABLE);
    issuer.recover();
    pass(10);
    await expect(good()).resolves.toBeDefined();
  });
});

describe('an issuer that does not answer', () => {
  /** Sets the timeout of each fetch in turn, instead of five seconds. */
  function patience(...milliseconds: number[]) {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    return jest
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation(() => timeout(milliseconds.shift() ?? 600_000));
  }

  it('is given up after five seconds', async () => {
    const timeout = patience(100);
    issuer.outage('hang');
    await expect(good()).rejects.toMatchObject(UNAVAILABLE);
    expect(timeout).toHaveBeenCalledWith(5000);
  });

  it('holds nobody up who has a known key, after the first', async () => {
    await good();
    const fetched = patience(100);
    issuer.outage('hang');
    pass(400);
    for (let i = 0; i < 20; i += 1) await good();
    expect(fetched).toHaveBeenCalledTimes(2);
  });
});

describe('a removed key after an outage', () => {
  it('is not believed once more when the issuer is back', async () => {
    const old = issuer.key;
    await good();
    issuer.outage('error');
    pass(301);
    await expect(by(old)).resolves.toBeDefined();
    await issuer.rotate();
    issuer.recover();
    pass(1200);
    await expect(by(old)).rejects.toMatchObject(UNKNOWN_KID);
  });
});

describe('a set with bad keys in it', () => {
  it('loses those keys only', async () => {
    issuer.publish({ kty: 'oct', k: 'c2VjcmV0', kid: 'oct', alg: 'HS256' });
    issuer.publish({ kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', kid: 'broken' });
    issuer.publish({ kty: 'RSA', n: 'AAAA', e: 'AQ', kid: 'weak' });
    const encryption = await issuer.addKey({ jwk: { use: 'enc', kid: 'enc' } });
    await expect(good()).resolves.toBeDefined();
    await expect(by(encryption)).rejects.toMatchObject(UNKNOWN_KID);
    for (const kid of ['oct', 'broken', 'weak']) {
      const token = await issuer.token({}, { header: { kid } });
      await expect(authenticate(token)).rejects.toMatchObject({ code: 'token_invalid' });
    }
  });

  it('believes neither of two different keys under one kid, and one that is there twice', async () => {
    const twin = await issuer.addKey({ jwk: { kid: issuer.key.kid } });
    const twice = await issuer.addKey();
    issuer.publish(twice.jwk);
    await expect(by(twin)).rejects.toMatchObject(UNKNOWN_KID);
    await expect(good()).rejects.toMatchObject(UNKNOWN_KID);
    await expect(by(twice)).resolves.toBeDefined();
  });
});

describe('a token without kid', () => {
  const withoutKid = async () =>
    authenticate(await issuer.token({}, { header: { kid: undefined } }));

  it('is believed where the issuer has one usable key', async () => {
    issuer.publish({ kty: 'oct', k: 'c2VjcmV0' });
    await expect(withoutKid()).resolves.toBeDefined();
    await issuer.addKey();
    pass(301);
    await expect(withoutKid()).rejects.toMatchObject({ code: 'token_invalid' });
    const { jwks } = issuer.fetches;
    await expect(withoutKid()).rejects.toMatchObject({ code: 'token_invalid' });
    expect(issuer.fetches.jwks).toBe(jwks);
  });

  it('is believed by a key without kid', async () => {
    const { kid, ...bare } = issuer.key.jwk;
    issuer.removeKey(kid);
    issuer.publish(bare);
    await expect(withoutKid()).resolves.toBeDefined();
    await expect(good()).rejects.toMatchObject(UNKNOWN_KID);
  });
});

describe('warmUp', () => {
  it('fetches the keys before the first token', async () => {
    await provider.warmUp();
    await good();
    expect(issuer.fetches.jwks).toBe(1);
  });

  it('says what is wrong', async () => {
    issuer.outage('error');
    await expect(provider.warmUp()).rejects.toMatchObject({
      ...UNAVAILABLE,
      reason: `Cannot fetch ${issuer.jwksUri}: status 500`,
    });
    issuer.recover();
    issuer.removeKey(issuer.key.kid);
    await expect(provider.warmUp()).rejects.toMatchObject({
      reason: 'The issuer publishes no usable key.',
    });
  });
});

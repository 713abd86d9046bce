import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { TestIssuer, TestKey } from '../../testing/index.js';
import { auth0, gcip, type JwkSet, type JwtIdentityProvider, keycloak, oidc } from './index.js';

let issuer: TestIssuer;
let now: number;
let keys: object[];
let asked: number;
let give: () => JwkSet | Promise<JwkSet>;
let provider: JwtIdentityProvider;

beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  jest.spyOn(Math, 'random').mockReturnValue(0);
  issuer = await TestIssuer.start();
  keys = [issuer.key.jwk];
  asked = 0;
  give = () => ({ keys });
  provider = oidc({
    issuer: issuer.url,
    audience: 'test',
    jwks: () => {
      asked += 1;
      return give();
    },
  });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.stop();
});

const authenticate = (token: string) => provider.authenticate({ scheme: 'bearer', token });
const by = async (key: TestKey) => authenticate(await issuer.token({}, { key }));

const UNKNOWN_KID = { code: 'token_invalid', reason: 'unknown kid' };
const UNAVAILABLE = { code: 'provider_unavailable' };

describe('keys at hand', () => {
  it('verify without a fetch of any kind', async () => {
    await provider.warmUp();
    await expect(by(issuer.key)).resolves.toMatchObject({ issuer: issuer.url });
    expect(issuer.fetches).toEqual({ discovery: 0, jwks: 0 });
    expect(asked).toBe(1);
  });

  it('may come later', async () => {
    give = () => Promise.resolve({ keys });
    await expect(by(issuer.key)).resolves.toBeDefined();
  });

  it('are asked for again where a kid is not known, twice in ten seconds at most', async () => {
    await by(issuer.key);
    const next = await TestKey.generate('ES256');
    await expect(by(next)).rejects.toMatchObject(UNKNOWN_KID);
    for (let i = 0; i < 20; i += 1) await expect(by(next)).rejects.toMatchObject(UNKNOWN_KID);
    expect(asked).toBe(2);
    keys.push(next.jwk);
    now += 10_000;
    await expect(by(next)).resolves.toBeDefined();
  });

  it('stop to verify within five minutes of their removal', async () => {
    await by(issuer.key);
    keys = [(await TestKey.generate('ES256')).jwk];
    now += 301_000;
    await expect(by(issuer.key)).rejects.toMatchObject(UNKNOWN_KID);
  });

  it('are not believed where they are private, or for something else', async () => {
    const key = await TestKey.generate('ES256', { d: 'AAAA' });
    const encryption = await TestKey.generate('ES256', { use: 'enc' });
    keys.push(key.jwk, encryption.jwk);
    await expect(by(key)).rejects.toMatchObject(UNKNOWN_KID);
    await expect(by(encryption)).rejects.toMatchObject(UNKNOWN_KID);
    await expect(by(issuer.key)).resolves.toBeDefined();
  });

  it.each<[string, () => JwkSet | Promise<JwkSet>]>([
    ['throw', () => JSON.parse('{')],
    ['are no set', () => JSON.parse('{}')],
    ['are none', () => ({ keys: [] })],
    ['cannot be had', () => Promise.reject(new Error('the database is away'))],
  ])('are an outage while nothing is known, where they %s', async (_, failure) => {
    give = failure;
    await expect(by(issuer.key)).rejects.toMatchObject(UNAVAILABLE);
    give = () => ({ keys });
    await expect(by(issuer.key)).resolves.toBeDefined();
  });

  it('are given up after five seconds', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    give = () => new Promise(() => {});
    const refused = expect(by(issuer.key)).rejects.toMatchObject(UNAVAILABLE);
    await new Promise((resolve) => setImmediate(resolve));
    const timer = timers.mock.calls.find(([, ms]) => ms === 5000);
    timer?.[0]();
    await refused;
  });
});

describe('the option jwks', () => {
  const jwks = () => ({ keys });
  const audience = 'api';

  it('is of every vendor', () => {
    expect(() => gcip({ projectId: 'novah-care', jwks })).not.toThrow();
    expect(() => auth0({ domain: 'novah.eu.auth0.com', audience, jwks })).not.toThrow();
    const url = 'https://sso.novah.example';
    expect(() => keycloak({ url, realm: 'staff', audience, jwks })).not.toThrow();
  });

  it.each([
    [{ jwks: { keys: [] } }, 'oidc.jwks: is not a function. Give () => ({ keys }).'],
    [
      { jwks, jwksUri: 'https://id.example/jwks' },
      'oidc.jwks: is given beside jwksUri. Give one of the two.',
    ],
  ])('is refused where it cannot be meant: %j', (mistake, message) => {
    const options = Object.assign({ issuer: 'https://id.example', audience }, mistake);
    expect(() => oidc(options as Parameters<typeof oidc>[0])).toThrow(PatronusConfigurationError);
    expect(() => oidc(options as Parameters<typeof oidc>[0])).toThrow(message);
  });
});

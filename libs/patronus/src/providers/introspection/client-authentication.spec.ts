import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';
import { json, TokenServer } from '../../../../../test/fixtures/token-server.js';
import { introspection, type ClientAuthentication, type ClientKey } from './index.js';

let server: TokenServer;
beforeEach(async () => void (server = await TokenServer.start(json({ active: true, sub: 'ana' }))));
afterEach(() => server.stop());

const make = (authentication: ClientAuthentication, clientId = 'clinic') =>
  introspection({ url: `${server.url}/introspect`, clientId, ...authentication });

/** Returns the form and the headers that arrive. */
async function ask(authentication: ClientAuthentication, clientId = 'clinic') {
  const token = 'opaque';
  await make(authentication, clientId).authenticate({ scheme: 'bearer', token });
  const { headers, body } = server.asked.at(-1) ?? { headers: {}, body: '' };
  return { authorization: headers.authorization, form: new URLSearchParams(body) };
}

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const jwk = (key: KeyObject) => key.export({ format: 'jwk' });

describe('an application with a secret', () => {
  it('proves itself by basic authentication, each part encoded as in a form', async () => {
    const { authorization, form } = await ask({ clientSecret: 'a b:c+d%é' }, 'my:app');
    const encoded = Buffer.from('my%3Aapp:a+b%3Ac%2Bd%25%C3%A9').toString('base64');
    expect(authorization).toBe(`Basic ${encoded}`);
    expect([...form.keys()]).toEqual(['token', 'token_type_hint']);
  });

  it('or in the form', async () => {
    const { authorization, form } = await ask({
      clientAuthentication: 'post',
      clientSecret: 'a b&c',
    });
    expect(authorization).toBeUndefined();
    expect(Object.fromEntries(form)).toEqual({
      token: 'opaque',
      token_type_hint: 'access_token',
      client_id: 'clinic',
      client_secret: 'a b&c',
    });
  });

  it('keeps it where nobody prints it', () => {
    const provider = make({ clientSecret: 'very-secret' });
    const printed = inspect(provider, { depth: 20, showHidden: true }) + JSON.stringify(provider);
    expect(printed).not.toContain('very-secret');
  });

  it.each<[object, string]>([
    [{}, 'introspection.clientSecret: is missing'],
    [{ clientSecret: '' }, 'introspection.clientSecret: is missing'],
    [{ clientAuthentication: 'post' }, 'introspection.clientSecret: is missing'],
    [
      { clientAuthentication: 'none', clientSecret: 's' },
      'introspection.clientAuthentication: is not a supported method.',
    ],
  ])('is checked: %j', (options, message) => {
    const { clientAuthentication, clientSecret } = JSON.parse(JSON.stringify(options));
    expect(() => make({ clientAuthentication, clientSecret })).toThrow(message);
  });
});

const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ED = generateKeyPairSync('ed25519');
const WEAK = generateKeyPairSync('rsa', { modulusLength: 1024 });

const byKey = (key: ClientKey): ClientAuthentication => ({
  clientAuthentication: 'private_key_jwt',
  key,
});

describe('an application with a key', () => {
  it.each<[string, ClientKey, KeyObject, string | undefined]>([
    ['PEM', { privateKey: pem(EC.privateKey), alg: 'ES256', kid: 'k' }, EC.publicKey, 'k'],
    ['a KeyObject', { privateKey: RSA.privateKey, alg: 'PS256' }, RSA.publicKey, undefined],
    ['RS256', { privateKey: pem(RSA.privateKey), alg: 'RS256' }, RSA.publicKey, undefined],
    ['a JWK', { privateKey: jwk(ED.privateKey), alg: 'EdDSA' }, ED.publicKey, undefined],
    [
      'a JWK that says it all',
      { privateKey: { ...jwk(EC.privateKey), alg: 'ES256', kid: 'j' } },
      EC.publicKey,
      'j',
    ],
  ])('signs an assertion with %s', async (_, key, publicKey, kid) => {
    const { authorization, form } = await ask(byKey(key));
    expect(authorization).toBeUndefined();
    expect(form.get('client_id')).toBe('clinic');
    expect(form.get('client_assertion_type')).toBe(
      'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    );
    const { payload, protectedHeader } = await jwtVerify(
      form.get('client_assertion') ?? '',
      publicKey,
      { issuer: 'clinic', subject: 'clinic', audience: `${server.url}/introspect` },
    );
    expect(protectedHeader.kid).toBe(kid);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  it('signs another one each time, for the audience of the options', async () => {
    const key: ClientKey = { privateKey: EC.privateKey, alg: 'ES256', audience: 'https://id' };
    const ids = [await ask(byKey(key)), await ask(byKey(key))].map(async ({ form }) => {
      const assertion = form.get('client_assertion') ?? '';
      const { payload } = await jwtVerify(assertion, EC.publicKey, { audience: 'https://id' });
      return payload.jti;
    });
    const [first, second] = await Promise.all(ids);
    expect(first).toEqual(expect.any(String));
    expect(first).not.toBe(second);
  });

  it.each<[string, unknown, string]>([
    ['none', undefined, 'introspection.key: is missing.'],
    ['text', 'pem', 'introspection.key: is missing.'],
    ['no private key', {}, 'introspection.key.privateKey: is not a private key.'],
    ['garbage', { privateKey: 'garbage' }, 'introspection.key.privateKey: is not a private key.'],
    [
      'a public key',
      { privateKey: EC.publicKey, alg: 'ES256' },
      'introspection.key.privateKey: is not a private key.',
    ],
    [
      'a public JWK',
      { privateKey: jwk(createPublicKey(EC.privateKey)), alg: 'ES256' },
      'introspection.key.privateKey: is not a private key.',
    ],
    ['no algorithm', { privateKey: EC.privateKey }, 'introspection.key.alg: is missing'],
    ['a symmetric one', { privateKey: EC.privateKey, alg: 'HS256' }, 'introspection.key.alg:'],
    ['one of another key', { privateKey: RSA.privateKey, alg: 'ES256' }, 'introspection.key.alg:'],
    ['one of another curve', { privateKey: EC.privateKey, alg: 'ES384' }, 'introspection.key.alg:'],
    [
      'an Edwards one for RSA',
      { privateKey: RSA.privateKey, alg: 'EdDSA' },
      'introspection.key.alg:',
    ],
    [
      'an RSA one for a curve',
      { privateKey: EC.privateKey, alg: 'RS256' },
      'introspection.key.alg:',
    ],
    ['a weak key', { privateKey: WEAK.privateKey, alg: 'RS256' }, 'introspection.key.alg:'],
    [
      'an empty kid',
      { privateKey: EC.privateKey, alg: 'ES256', kid: '' },
      'introspection.key.kid:',
    ],
    ['a misspelt member', { privatekey: 'x' }, 'introspection.key.privatekey: is not an option.'],
  ])('is checked: %s', (_, key, message) => {
    const options = { clientAuthentication: 'private_key_jwt', key } as ClientAuthentication;
    expect(() => make(options)).toThrow(message);
  });

  it('repeats nothing of a key that it cannot read', () => {
    const text = pem(EC.privateKey).replaceAll('A', 'B');
    const error: unknown = (() => {
      try {
        return make(byKey({ privateKey: text.slice(0, -60), alg: 'ES256' }));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(text.slice(30, 60));
  });
});

import { describe, expect, it, jest } from '@jest/globals';
import type { Credential } from './credential.js';
import { Identity } from './identity.js';
import { IdentityProvider } from './identity-provider.js';
import { TrustedIssuers } from './trusted-issuers.js';

class FakeProvider extends IdentityProvider {
  readonly authenticate = jest.fn(
    async (_credential: Credential) =>
      new Identity({ id: 'ana', issuer: 'i', provider: this.name, expiresAt: 1 }),
  );

  constructor(
    readonly name: string,
    override readonly issuers: readonly string[],
  ) {
    super();
  }
}

function jwt(payload: string): string {
  return `e30.${Buffer.from(payload).toString('base64url')}.c2ln`;
}

const ask = (provider: IdentityProvider, token: string) =>
  provider.authenticate({ scheme: 'bearer', token });

describe('TrustedIssuers', () => {
  const north = new FakeProvider('north', ['https://north']);
  const south = new FakeProvider('south', ['https://south', 'https://south.example']);
  const opaque = new FakeProvider('opaque', []);

  it('gives a token to the provider that owns its issuer', async () => {
    const trusted = new TrustedIssuers([north, south, opaque]);
    expect((await ask(trusted, jwt('{"iss":"https://south.example"}'))).provider).toBe('south');
    expect((await ask(trusted, jwt('{"iss":"https://north"}'))).provider).toBe('north');
    expect((await ask(trusted, 'opaque-token')).provider).toBe('opaque');
    expect(trusted.issuers).toEqual(['https://north', 'https://south', 'https://south.example']);
  });

  it.each(['https://north/', 'HTTPS://NORTH', 'https://evil', '__proto__', 'constructor', ''])(
    'refuses the issuer %j, and asks nobody',
    async (iss) => {
      for (const provider of [north, south, opaque]) provider.authenticate.mockClear();
      const trusted = new TrustedIssuers([north, south, opaque]);
      await expect(ask(trusted, jwt(JSON.stringify({ iss })))).rejects.toMatchObject({
        code: 'issuer_unknown',
      });
      for (const provider of [north, south, opaque]) {
        expect(provider.authenticate).not.toHaveBeenCalled();
      }
    },
  );

  it('tells the issuer of a token that one of its providers signed, and of no other', async () => {
    const signer = new FakeProvider('signer', ['https://signer']);
    signer.hasSigned = ({ token }) => Promise.resolve(token === jwt('{"iss":"https://signer/"}'));
    const failing = new FakeProvider('failing', ['https://failing']);
    failing.hasSigned = () => Promise.reject(new Error('failing is down'));
    const trusted = new TrustedIssuers([failing, north, signer]);
    await expect(ask(trusted, jwt('{"iss":"https://signer/"}'))).rejects.toMatchObject({
      code: 'issuer_unknown',
      reason:
        'iss is "https://signer/"; expected one of "https://failing", "https://north", "https://signer"',
      remedy: expect.stringContaining('"https://signer" into iss'),
    });
    await expect(ask(trusted, jwt('{"iss":"https://evil"}'))).rejects.toMatchObject({
      reason: 'no provider owns the issuer',
      remedy: undefined,
    });
  });

  it('tells of a token without iss, where no provider takes opaque tokens', async () => {
    await expect(ask(new TrustedIssuers([north]), jwt('{"sub":"ana"}'))).rejects.toMatchObject({
      code: 'issuer_unknown',
      reason: 'the token has no iss; expected "https://north"',
      remedy: expect.any(String),
    });
    expect((await ask(new TrustedIssuers([north, opaque]), jwt('{}'))).provider).toBe('opaque');
  });

  it.each(['opaque', 'a.b', jwt('[]'), jwt('null'), jwt('{"iss":1}'), jwt('no json')])(
    'refuses %j where nobody takes opaque tokens',
    async (token) => {
      await expect(ask(new TrustedIssuers([north]), token)).rejects.toMatchObject({
        code: 'token_malformed',
      });
    },
  );

  it('refuses two owners of one issuer, and two takers of opaque tokens', () => {
    expect(() => new TrustedIssuers([north, north])).toThrow(
      'identityProvider[1]: the issuer https://north already has a provider.',
    );
    expect(() => new TrustedIssuers([opaque, new FakeProvider('other', [])])).toThrow(
      'identityProvider: opaque and other both take opaque tokens.',
    );
  });

  it('warms up each, and names all that fail', async () => {
    const failing = new FakeProvider('failing', ['https://failing']);
    failing.warmUp = () => Promise.reject(new Error('failing is down'));
    const warm = jest.spyOn(north, 'warmUp');
    await expect(new TrustedIssuers([failing, north]).warmUp()).rejects.toThrow('failing is down');
    expect(warm).toHaveBeenCalledTimes(1);
  });
});

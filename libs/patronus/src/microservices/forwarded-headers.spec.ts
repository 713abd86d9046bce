import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import type { Credential } from '../identity/credential.js';
import { Identity, type IdentityFields } from '../identity/identity.js';
import { RequestScope, runInScope } from '../identity/request-scope.js';
import { forwardedHeaders } from './forwarded-headers.js';
import {
  checkForwardedIdentityOptions,
  type ForwardedIdentityOptions,
} from './forwarded-identity.options.js';

const bearer: Credential = { scheme: 'bearer', token: 'a.b.c' };

function scopeOf(credential: Credential | undefined, fields: Partial<IdentityFields> = {}) {
  const scope = new RequestScope(undefined, () => Promise.reject(new Error('not asked')));
  const known = { id: 'ana', issuer: 'https://id.example', provider: 'test', expiresAt: 1 };
  scope.identity = new Identity({ ...known, ...fields });
  scope.credential = credential && { read: () => credential };
  return scope;
}

function headersIn(scope: RequestScope, options: ForwardedIdentityOptions = {}) {
  return runInScope(scope, () => firstValueFrom(forwardedHeaders(options)));
}

describe('what is sent along', () => {
  it("is the caller's credential, as it came", async () => {
    expect(await headersIn(scopeOf(bearer))).toEqual({ authorization: 'Bearer a.b.c' });
    expect(await headersIn(scopeOf({ scheme: 'api-key', token: 'k1' }))).toEqual({
      authorization: 'ApiKey k1',
    });
  });

  it('is the tenant, where a header names it', async () => {
    const scope = scopeOf(bearer);
    scope.tenantId = 'norte';
    expect(await headersIn(scope)).toEqual({ authorization: 'Bearer a.b.c' });
    scope.tenantHeader = 'x-empresa-id';
    expect(await headersIn(scope)).toMatchObject({ 'x-empresa-id': 'norte' });
    scope.tenantId = undefined;
    expect(await headersIn(scope)).toEqual({ authorization: 'Bearer a.b.c' });
  });

  it('is nothing of a caller who was made anonymous', () => {
    const scope = scopeOf(bearer);
    scope.identity = undefined;
    expect(() => runInScope(scope, () => forwardedHeaders({}))).toThrow(
      expect.objectContaining({ code: 'token_missing' }),
    );
  });

  it('is nothing where work runs as somebody without a credential', () => {
    expect(() => runInScope(scopeOf(undefined), () => forwardedHeaders({}))).toThrow(
      expect.objectContaining({ code: 'token_missing' }),
    );
  });

  it('is no token that is bound to a key, proven or not', () => {
    const bound = scopeOf(bearer, { confirmation: { jkt: 'x' } });
    const proven = scopeOf(bearer);
    proven.proven = true;
    for (const scope of [bound, proven]) {
      expect(() => runInScope(scope, () => forwardedHeaders({}))).toThrow(/RFC 9449/);
    }
  });

  it("is the service's own token in place of the caller's", async () => {
    for (const token of ['own', () => 'own', () => Promise.resolve('own')]) {
      expect(await headersIn(scopeOf(bearer), { token })).toEqual({ authorization: 'Bearer own' });
    }
  });

  it.each(['', 'two words', 'a\r\nb'])('is no token that is %j', async (token) => {
    await expect(headersIn(scopeOf(bearer), { token: () => token })).rejects.toThrow(
      'something that is not a token',
    );
    expect(() => checkForwardedIdentityOptions({ token })).toThrow('withIdentity.token');
  });

  it('knows its options', () => {
    expect(() => checkForwardedIdentityOptions(Object({ tokens: 'x' }))).toThrow(
      'Did you mean "token"?',
    );
  });
});

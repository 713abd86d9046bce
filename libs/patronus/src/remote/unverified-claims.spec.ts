import { describe, expect, it } from '@jest/globals';
import { jwtLike } from '../../../../test/fixtures/jwt-like.js';
import { expiryOf, unverifiedClaims } from './unverified-claims.js';

describe('what a token says of itself', () => {
  it('is read where it is a JWT', () => {
    const claims = unverifiedClaims(jwtLike({ exp: 5, jti: 'a' }));
    expect(claims).toEqual({ exp: 5, jti: 'a' });
    expect(expiryOf(claims)).toBe(5);
  });

  const [header = '', payload = '', signature = ''] = jwtLike({ exp: 5 }).split('.');
  it.each([
    '',
    'opaque',
    `${header}.${payload}`,
    `${header}.${payload}.${signature}.more`,
    `${header}.bm8gSlNPTg.${signature}`,
    jwtLike([5]),
    jwtLike(null),
    jwtLike('exp'),
  ])('is nothing where it is none: %j', (token) => {
    expect(unverifiedClaims(token)).toEqual({});
  });

  it.each(['5', null, true, undefined])('ends at no time that is %j', (exp) => {
    expect(expiryOf({ exp })).toBeUndefined();
    expect(expiryOf(JSON.parse('{"__proto__":{"exp":5}}'))).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { clearSessionCookie, sessionCookie, type SessionCookieOptions } from './session-cookie.js';

describe('sessionCookie', () => {
  it('keeps scripts, plain http and other sites away from the token', () => {
    expect(sessionCookie('__Host-session', 'a.b-c==', { maxAge: 3600 })).toBe(
      '__Host-session=a.b-c==; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax',
    );
    expect(sessionCookie('__Host-session', 'a.b')).toBe(
      '__Host-session=a.b; Path=/; HttpOnly; Secure; SameSite=Lax',
    );
  });

  it.each(['', 'a b', 'a;Domain=evil', 'a\r\nSet-Cookie: b=c', '"a"', 'a,b', '\u00e9'])(
    'refuses the token %j without repeating it',
    (token) => {
      expect(() => sessionCookie('s', token)).toThrow(
        expect.objectContaining({
          path: 'sessionCookie.token',
          message:
            'sessionCookie.token: is not a bearer token. Give the token alone, without a scheme or quotes.',
        }),
      );
    },
  );

  it('refuses what a browser would drop', () => {
    expect(sessionCookie('s', 'a'.repeat(4095))).toContain('HttpOnly');
    expect(() => sessionCookie('s', 'a'.repeat(4096))).toThrow(
      expect.objectContaining({ path: 'sessionCookie.token' }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity])('refuses the age %d', (maxAge) => {
    expect(() => sessionCookie('s', 'a', { maxAge })).toThrow(
      expect.objectContaining({ path: 'sessionCookie.maxAge' }),
    );
  });

  it('refuses what no option and no name is', () => {
    const misspelt: SessionCookieOptions = Object.assign({ maxAge: 1 }, { maxage: 1 });
    expect(() => sessionCookie('s', 'a', misspelt)).toThrow('Did you mean "maxAge"?');
    expect(() => sessionCookie('s;x', 'a')).toThrow(
      expect.objectContaining({ path: 'sessionCookie.name' }),
    );
    expect(() => clearSessionCookie('s=')).toThrow(
      expect.objectContaining({ path: 'clearSessionCookie.name' }),
    );
  });

  it('clears with the same attributes, or a browser would keep it', () => {
    expect(clearSessionCookie('__Host-session')).toBe(
      '__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { CookieToken } from './cookie-token.js';

const session = new CookieToken('sid');

describe('CookieToken', () => {
  it.each([
    ['sid=abc', 'abc'],
    ['a=1; sid=abc', 'abc'],
    ['sid=abc; a=1', 'abc'],
    ['a=1;sid=abc;b=2', 'abc'],
    ['a=1; \tsid= abc\t; b=2', 'abc'],
    ['sid=abc==', 'abc=='],
    ['a=sid=no; sid=abc', 'abc'],
    ['xsid=no; sid=abc', 'abc'],
  ])('finds the token in %j', (header, token) => {
    expect(session.in(header)).toBe(token);
  });

  it.each([
    undefined,
    '',
    'sid',
    'SID=abc',
    'xsid=abc',
    'x-sid=abc',
    'a=sid=abc',
    'a=b sid=abc',
    'a=b, sid=abc',
    'sid =abc',
    'sid\u00a0=abc',
    '\u00a0sid=abc',
    'a=1;\u00a0sid=abc',
    'sid=',
    'sid= ; a=1',
  ])('finds none in %j', (header) => {
    expect(session.in(header)).toBeUndefined();
  });

  it.each([
    'sid=a; sid=b',
    'sid=a; sid=a',
    'sid=; sid=a',
    'sid=a;sid=',
    'sid=a; b=1; \tsid=c',
    'x=1; sid=a; y=sid=b; sid=c',
  ])('refuses two of that name: %j', (header) => {
    expect(() => session.in(header)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it.each(['sid=a b', 'sid=\u00e9', 'sid=a\u00a0'])('refuses %j as malformed', (header) => {
    expect(() => session.in(header)).toThrow(expect.objectContaining({ code: 'token_malformed' }));
  });

  it('reads its name as text, not as a pattern', () => {
    expect(new CookieToken('s.d').in('sid=abc')).toBeUndefined();
    expect(new CookieToken('s.d').in('s.d=abc')).toBe('abc');
  });
});

import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isB64Token } from '../identity/credential.js';
import { authorizationToken } from './authorization-token.js';

const bearerToken = (incoming: IncomingMessage, body: unknown): string =>
  authorizationToken(incoming, body, 'bearer');

function message(headers: Record<string, string>, url = '/', repeat = 1): IncomingMessage {
  const incoming = new IncomingMessage(new Socket());
  incoming.url = url;
  incoming.headers = headers;
  incoming.rawHeaders = Object.entries(headers).flatMap(([name, value]) =>
    Array.from({ length: repeat }, () => [name, value]).flat(),
  );
  return incoming;
}

const authorization = (value: string) => message({ authorization: value });

describe('bearerToken', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['Bearer   abc', 'abc'],
    ['Bearer abc  ', 'abc'],
    ['  Bearer abc', 'abc'],
    ['\tBearer \t abc\t', 'abc'],
    ['Bearer\tabc', 'abc'],
  ])('reads %j', (header, token) => {
    expect(bearerToken(authorization(header), undefined)).toBe(token);
  });

  it.each([
    [{}, 'token_missing'],
    [{ authorization: 'Basic YTpi' }, 'token_missing'],
    [{ authorization: 'Bearerabc' }, 'token_missing'],
    [{ authorization: 'Bearer' }, 'invalid_request'],
    [{ authorization: 'Bearer a b' }, 'invalid_request'],
    [{ authorization: 'Bearer a\tb' }, 'invalid_request'],
    [{ authorization: 'Bearer\ta b' }, 'invalid_request'],
    [{ authorization: '\u00a0Bearer a' }, 'token_missing'],
    [{ authorization: `Bearer ${'a'.repeat(16 * 1024 + 1)}` }, 'token_malformed'],
  ])('refuses %j with %s', (headers: Record<string, string>, code) => {
    expect(() => bearerToken(message(headers), undefined)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('takes a token of exactly 16 KiB', () => {
    const token = 'a'.repeat(16 * 1024);
    expect(bearerToken(authorization(`Bearer ${token}`), undefined)).toBe(token);
  });

  it.each([
    '/?access_token=abc',
    '/x?a=1&access_token=',
    '/?access%5Ftoken=a&access_token=b',
    '/?%61ccess_token=a',
    '/?a=1&%61%63%63%65%73%73%5f%74%6f%6b%65%6e=a',
  ])('refuses a token in the query string %s', (url) => {
    const header = { authorization: 'Bearer abc' };
    expect(() => bearerToken(message(header, url), undefined)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
    expect(() => bearerToken(message({}, url), undefined)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('keeps characters that are no blank of a header', () => {
    expect(bearerToken(authorization('Bearer abc\u00a0'), undefined)).toBe('abc\u00a0');
  });

  it('does not mistake a path or another parameter for a token', () => {
    const header = { authorization: 'Bearer abc' };
    expect(
      bearerToken(message(header, '/access_token/1?my_access_token=1&a=%61ccess_token'), undefined),
    ).toBe('abc');
  });

  it('refuses a token in a form body, and not in a JSON body', () => {
    const body = { access_token: 'abc' };
    const form = message({
      authorization: 'Bearer abc',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    });
    expect(() => bearerToken(form, body)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
    form.headers['content-type'] = 'Application/X-WWW-Form-URLencoded';
    expect(() => bearerToken(form, body)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
    for (const none of [undefined, null, 'access_token', {}]) {
      expect(bearerToken(form, none)).toBe('abc');
    }
    const json = message({ authorization: 'Bearer abc', 'content-type': 'application/json' });
    expect(bearerToken(json, body)).toBe('abc');
  });

  it('refuses two Authorization headers, equal or not', () => {
    expect(() => bearerToken(message({ authorization: 'Bearer abc' }, '/', 2), undefined)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
    const mixed = authorization('Bearer abc');
    mixed.rawHeaders = ['Authorization', 'Bearer abc', 'AUTHORIZATION', 'Bearer def'];
    expect(() => bearerToken(mixed, undefined)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});

describe('isB64Token', () => {
  it.each([
    ['abc-._~+/', true],
    ['abc==', true],
    ['a=b', false],
    ['ábc', false],
    ['', false],
    ['a\nb', false],
  ])('%j: %s', (token, expected) => {
    expect(isB64Token(token)).toBe(expected);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseToken } from './parse-token.js';

const base64url = (value: string | Uint8Array) => Buffer.from(value).toString('base64url');
const HEADER = base64url('{"alg":"RS256"}');
const PAYLOAD = base64url('{"sub":"ana"}');
const SIGNATURE = base64url('signature!');
const TOKEN = `${HEADER}.${PAYLOAD}.${SIGNATURE}`;

function refusing(token: string) {
  return expect(() => parseToken(token));
}

const malformed = expect.objectContaining({ code: 'token_malformed' });

describe('parseToken', () => {
  it('reads header and payload', () => {
    expect(parseToken(TOKEN)).toEqual({ header: { alg: 'RS256' }, payload: { sub: 'ana' } });
  });

  it('reads UTF-8, escapes, and colons and quotes inside of texts', () => {
    const claims = { sub: 'Ana "a:b" \\', 'na:me': 'José 🩺', deep: [{ a: { b: ':' } }, '\\"'] };
    const token = `${HEADER}.${base64url(JSON.stringify(claims))}.${SIGNATURE}`;
    expect(parseToken(token).payload).toEqual(claims);
  });

  it.each([
    ['nothing', ''],
    ['one segment', HEADER],
    ['two segments', `${HEADER}.${PAYLOAD}`],
    ['four segments', `${TOKEN}.${SIGNATURE}`],
    ['an encrypted token', `${HEADER}..${SIGNATURE}.${PAYLOAD}.${SIGNATURE}`],
    ['an empty header', `.${PAYLOAD}.${SIGNATURE}`],
    ['an empty payload', `${HEADER}..${SIGNATURE}`],
    ['an empty signature', `${HEADER}.${PAYLOAD}.`],
    ['thousands of segments', 'a.'.repeat(8000)],
    ['padding', `${HEADER}.${PAYLOAD}.${SIGNATURE}==`],
    ['white space before', ` ${TOKEN}`],
    ['white space behind', `${TOKEN} `],
    ['a line break behind', `${TOKEN}\n`],
    ['a line break inside', `${HEADER}.\n${PAYLOAD}.${SIGNATURE}`],
    ['base64 instead of base64url', `${HEADER}.${PAYLOAD}.ab+/`],
    ['characters of no alphabet', `${HEADER}.${PAYLOAD}.é${SIGNATURE}`],
    ['NUL', `${HEADER}.${PAYLOAD}.${SIGNATURE}\0`],
    ['a group of one character', `${HEADER}.${PAYLOAD}.abcde`],
    ['bits behind two characters', `${HEADER}.${PAYLOAD}.aB`],
    ['bits behind three characters', `${HEADER}.${PAYLOAD}.aaB`],
    ['a payload that is a token', `${HEADER}.${base64url(TOKEN)}.${SIGNATURE}`],
    ['a payload that is no object', `${HEADER}.${base64url('["ana"]')}.${SIGNATURE}`],
    ['a payload that is null', `${HEADER}.${base64url('null')}.${SIGNATURE}`],
    ['a header that is no object', `${base64url('1')}.${PAYLOAD}.${SIGNATURE}`],
    ['a byte order mark', `${HEADER}.${base64url('\uFEFF{}')}.${SIGNATURE}`],
    ['JSON with more behind', `${HEADER}.${base64url('{}{}')}.${SIGNATURE}`],
    ['a compressed payload', `${HEADER}.${base64url(Uint8Array.of(0x1f, 0x8b, 8))}.${SIGNATURE}`],
  ])('refuses %s', (_what, token) => {
    refusing(token).toThrow(malformed);
  });

  it('refuses another spelling of the same header, payload or signature', () => {
    const twin = (text: string) =>
      text.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1));
    const segments = [
      base64url('{"alg":"RS256" }'),
      base64url('{"sub":"anna"}  '),
      base64url('sixteen letters!'),
    ];
    expect(() => parseToken(segments.join('.'))).not.toThrow();
    for (const [index, segment] of segments.entries()) {
      expect(Buffer.from(twin(segment), 'base64url')).toEqual(Buffer.from(segment, 'base64url'));
      refusing(segments.with(index, twin(segment)).join('.')).toThrow(malformed);
    }
  });

  it('refuses bytes that are not UTF-8 inside of a text', () => {
    const payload = Buffer.concat([
      Buffer.from('{"sub":"'),
      Buffer.of(0xc3, 0x28),
      Buffer.from('"}'),
    ]);
    refusing(`${HEADER}.${base64url(payload)}.${SIGNATURE}`).toThrow(malformed);
  });

  it.each([
    '{"sub":"ana","sub":"bea"}',
    '{"sub":"ana","\\u0073ub":"bea"}',
    '{"sub":"ana","a":{"b":1,"b":1}}',
    '{"sub":"ana","a":[{"b":1,"b":2}]}',
    '{"__proto__":1,"__proto__":{"sub":"bea"}}',
  ])('refuses a member that is named twice, in payload and header: %s', (json) => {
    refusing(`${HEADER}.${base64url(json)}.${SIGNATURE}`).toThrow(malformed);
    refusing(`${base64url(json)}.${PAYLOAD}.${SIGNATURE}`).toThrow(malformed);
  });

  it('refuses what is longer than 16 KiB, and nesting that no token has', () => {
    const long = base64url(JSON.stringify({ sub: 'a'.repeat(16 * 1024) }));
    refusing(`${HEADER}.${long}.${SIGNATURE}`).toThrow(malformed);
    const deep = base64url(`{"a":${'['.repeat(6000)}${']'.repeat(6000)}}`).slice(0, 16_000);
    refusing(`${HEADER}.${deep}.${SIGNATURE}`).toThrow(malformed);
    const nested = base64url(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`);
    refusing(`${HEADER}.${nested}.${SIGNATURE}`).toThrow(malformed);
  });

  it('accepts one spelling of a signature and no other', () => {
    const spelling = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
    fc.assert(
      fc.property(spelling, (signature) => {
        const canonical = base64url(Buffer.from(signature, 'base64url')) === signature;
        const attempt = refusing(`${HEADER}.${PAYLOAD}.${signature}`);
        if (canonical) attempt.not.toThrow();
        else attempt.toThrow(malformed);
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts any object that JSON can say', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (claims) => {
        const text = JSON.stringify(claims, undefined, 1);
        if (text.length > 8000) return;
        const { payload } = parseToken(`${HEADER}.${base64url(text)}.${SIGNATURE}`);
        expect(payload).toEqual(JSON.parse(text));
      }),
    );
  });
});

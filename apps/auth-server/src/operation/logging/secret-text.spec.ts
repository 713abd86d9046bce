import { describe, expect, it } from '@jest/globals';
import { withoutSecrets } from './redaction.js';

describe('withoutSecrets', () => {
  it.each([
    ['{"password":"a\\"b","next":1}', '{"password":"[Redacted]","next":1}'],
    ['{"a":{"refresh_token":"x"}}', '{"a":{"refresh_token":"[Redacted]"}}'],
    [
      '{"newPassword":"x","Set-Cookie":"y"}',
      '{"newPassword":"[Redacted]","Set-Cookie":"[Redacted]"}',
    ],
    ['{"msg":"Bearer abcdefgh.i-j"}', '{"msg":"Bearer [Redacted]"}'],
    ...['prt', 'pot', 'pcs', 'psr', 'pdv', 'pch'].map(
      (kind) => [`{"msg":"a ${kind}_${'x-'.repeat(20)} b"}`, '{"msg":"a [Redacted] b"}'] as const,
    ),
    ['{"msg":"at postgres://ana:pw@db/main"}', '{"msg":"at postgres://ana:[Redacted]@db/main"}'],
    ['{"msg":"Failed query: x\\nparams: a,\\"b\\",c","n":1}', '{"msg":"Failed query: x","n":1}'],
    ['{"code":"rate_limited","level":30}', '{"code":"rate_limited","level":30}'],
    ['{"url":"https://id.example/api"}', '{"url":"https://id.example/api"}'],
  ])('makes of %s %s', (line, expected) => {
    expect(withoutSecrets(line)).toBe(expected);
    expect(() => JSON.parse(expected)).not.toThrow();
  });

  it('takes long lines in a time that grows with their length', () => {
    const hostile = `{"msg":"${'://'.repeat(20_000)}${'a'.repeat(20_000)}${'\\\\'.repeat(20_000)}"}`;
    expect(withoutSecrets(hostile)).toHaveLength(hostile.length);
  });
});

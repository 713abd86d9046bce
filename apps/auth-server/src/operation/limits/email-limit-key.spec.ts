import { describe, expect, it } from '@jest/globals';
import { emailLimitKey } from './rate-limits.service.js';

describe('emailLimitKey', () => {
  it.each([
    ['ana@example.com', 'ana@example.com'],
    [' Ana@EXAMPLE.com ', 'ana@example.com'],
    ['ana+shop@example.com', 'ana@example.com'],
    ['ana+a+b@example.com', 'ana@example.com'],
    ['a.n.a@example.com', 'a.n.a@example.com'],
    ['a.n.a+x@gmail.com', 'ana@gmail.com'],
    ['Ana@GoogleMail.com', 'ana@gmail.com'],
    ['ana@bücher.example', 'ana@xn--bcher-kva.example'],
    ['ANA@XN--BCHER-KVA.example', 'ana@xn--bcher-kva.example'],
    ['jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['+tag@example.com', '+tag@example.com'],
    ['...@gmail.com', '...@gmail.com'],
    ['"a@b"@example.com', '"a@b"@example.com'],
    ['Ana', 'ana'],
    ['@example.com', '@example.com'],
    ['', ''],
  ])('of %j is %j', (identifier, key) => {
    expect(emailLimitKey(identifier)).toBe(key);
  });
});

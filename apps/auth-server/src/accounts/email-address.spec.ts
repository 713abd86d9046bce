import { describe, expect, it } from '@jest/globals';
import { readEmailAddress } from './identifiers.js';

describe('readEmailAddress', () => {
  it.each([
    [' Ana@Example.COM ', 'Ana@example.com', 'ana@example.com'],
    ['jose\u0301@example.com', 'jos\u00e9@example.com', 'jos\u00e9@example.com'],
    ['ana@m\u00fcnchen.example', 'ana@xn--mnchen-3ya.example', 'ana@xn--mnchen-3ya.example'],
    ['ana@XN--MNCHEN-3YA.example', 'ana@xn--mnchen-3ya.example', 'ana@xn--mnchen-3ya.example'],
    ['ana@\uff45xample.com', 'ana@example.com', 'ana@example.com'],
    ['\u212aim@example.com', 'Kim@example.com', 'kim@example.com'],
    ["o'hara+tag@sub.example.com", "o'hara+tag@sub.example.com", "o'hara+tag@sub.example.com"],
  ])('reads %j', (text, address, key) => expect(readEmailAddress(text)).toEqual({ address, key }));

  it.each([
    'ana',
    '@example.com',
    'ana@',
    'ana@b@example.com',
    'ana@example..com',
    'ana@exam ple.com',
    'ana\r\nBcc: eve@example.com@example.com',
    'ana\u0000@example.com',
    'ana\u202e@example.com',
    'ana,eve@example.com',
    'Ana <ana@example.com>',
    'ana@[127.0.0.1]',
    'ana@exa%6dple.com',
    `${'a'.repeat(65)}@example.com`,
    `ana@${'a'.repeat(64)}.${'b'.repeat(200)}.com`,
  ])('refuses %j', (text) => expect(readEmailAddress(text)).toBeUndefined());
});

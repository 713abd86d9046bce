import { describe, expect, it } from '@jest/globals';
import { newKey, parseKey, requirePrefix } from './api-key-format.js';
import { base62 } from './base62.js';

describe('the format of API keys', () => {
  it('is read back, and has a secret of 256 bits', () => {
    const { key, id, secret } = newKey('novah_live');
    expect(key).toMatch(/^novah_live_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$/);
    expect(parseKey(key, 'novah_live')).toEqual({ id, secret });
    expect(secret.length * Math.log2(62)).toBeGreaterThanOrEqual(256);
  });

  it('differs from key to key', () => {
    const keys = Array.from({ length: 200 }, () => newKey('p'));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(200);
    expect(new Set(keys.map(({ secret }) => secret)).size).toBe(200);
    const used = new Set(keys.flatMap(({ secret }) => secret.split('')));
    expect(used.size).toBe(62);
  });

  it('finds every single typing mistake by the checksum', () => {
    const { key } = newKey('p');
    for (let index = 0; index < key.length; index += 1) {
      const other = key[index] === 'a' ? 'b' : 'a';
      expect(parseKey(key.slice(0, index) + other + key.slice(index + 1), 'p')).toBeUndefined();
    }
  });

  it('takes no other prefix, and nothing around the key', () => {
    const { key } = newKey('p');
    const { key: other } = newKey('p_q');
    for (const wrong of [
      `${key} `,
      ` ${key}`,
      `${key}\n`,
      key.slice(0, -1),
      `${key}0`,
      key.slice(2),
      `P${key.slice(1)}`,
      `p_${key}`,
      other,
      'p_',
      'p',
      '',
    ]) {
      expect(parseKey(wrong, 'p')).toBeUndefined();
    }
    expect(parseKey(other, 'p_q')).toBeDefined();
    expect(parseKey(newKey('q').key, 'p')).toBeUndefined();
  });

  it.each([
    [0, '000000'],
    [61, '00000z'],
    [62, '000010'],
    [2 ** 32 - 1, '4gfFC3'],
  ])('writes %i as %s', (value, text) => {
    expect(base62(value, 6)).toBe(text);
  });

  it('has a prefix of letters, digits and single underscores', () => {
    expect(requirePrefix('x', undefined)).toBe('patronus');
    for (const good of ['p', 'sk_live', 'A1_b2', 'a'.repeat(32)]) {
      expect(requirePrefix('x', good)).toBe(good);
    }
    for (const bad of ['', '_p', 'p_', 'p__q', '1p', 'p-q', 'p q', 'a'.repeat(33), null, 1]) {
      expect(() => requirePrefix('x', bad)).toThrow(expect.objectContaining({ path: 'x' }));
    }
  });
});

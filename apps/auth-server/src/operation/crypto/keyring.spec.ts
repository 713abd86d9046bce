import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { KEY_PURPOSES, Keyring } from './keyring.js';

const key = (id: string, purpose: string, byte: number) => ({
  id,
  purpose,
  bytes: Buffer.alloc(32, byte),
});

describe('a keyring', () => {
  it('encrypts with the newest key of a purpose, and decrypts with all', () => {
    const before = new Keyring([key('old', 'mails', 1)]);
    const after = new Keyring([key('old', 'mails', 1), key('new', 'mails', 2)]);
    const sealed = before.seal('mails', 'row', 'text');
    expect(after.open('mails', 'row', sealed)).toBe('text');
    expect(after.seal('mails', 'row', 'text')).toMatch(/^v1\.new\./);
  });

  it('decrypts a text only for its purpose and row', () => {
    const keyring = new Keyring([key('a', 'mails', 1), key('b', 'signing-keys', 1)]);
    const sealed = keyring.seal('mails', 'row', 'text');
    expect(() => keyring.open('mails', 'other', sealed)).toThrow();
    expect(() => keyring.open('signing-keys', 'row', sealed)).toThrow(
      'There is no data key a of signing-keys.',
    );
  });

  it('names the key that it misses, not the text', () => {
    const sealed = new Keyring([key('a', 'mails', 1)]).seal('mails', 'row', 'text');
    const other = new Keyring([key('b', 'mails', 1)]);
    expect(() => other.open('mails', 'row', sealed)).toThrow('There is no data key a of mails.');
    expect(() => new Keyring([]).seal('mails', 'row', 'text')).toThrow(
      'There is no data key of mails.',
    );
    expect(() => new Keyring([]).keyFor('cookies')).toThrow('There is no data key of cookies.');
  });

  it('decrypts no text without a key id, without a master key', () => {
    expect(() => new Keyring([key('a', 'mails', 1)]).open('mails', 'row', 'AAAA')).toThrow(
      'no key id',
    );
  });

  it('indexes the canonical form of a value with HMAC-SHA-256', () => {
    const bytes = Buffer.alloc(32, 3);
    const keyring = new Keyring([key('a', 'limits', 3), key('b', 'login-names', 4)]);
    const indexOf = keyring.blindIndex('limits', (value) => value.toLowerCase());
    const expected = createHmac('sha256', bytes).update('ana@example.com').digest('base64url');
    expect([indexOf('Ana@example.com'), indexOf('ana@example.com')]).toEqual([expected, expected]);
    expect(keyring.blindIndex('login-names', (value) => value)('ana@example.com')).not.toBe(
      expected,
    );
  });

  it('knows each purpose once', () => {
    expect(new Set(KEY_PURPOSES).size).toBe(KEY_PURPOSES.length);
  });

  it('shows no key when it is printed', () => {
    const printed = JSON.stringify(new Keyring([key('a', 'mails', 65)]));
    expect(printed).not.toMatch(/65|AAAA/);
  });
});

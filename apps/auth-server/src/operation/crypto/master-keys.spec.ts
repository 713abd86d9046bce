import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { SettingsError } from '../settings/server-settings.js';
import { MasterKey, MasterKeys } from './master-keys.js';

const masterKey = (byte: number) => new MasterKey(Buffer.alloc(32, byte));
const DATA_KEY = { id: 'a', purpose: 'mails', bytes: Buffer.alloc(32, 9) };
const row = (of: MasterKey) => ({
  id: 'a',
  purpose: 'mails',
  createdAt: new Date(0),
  ...of.wrap(DATA_KEY),
});

/** A row of the first release with data keys, under the master key of 32 bytes with the value 1. */
const KEPT = {
  id: 'a',
  purpose: 'mails',
  wrapped:
    'v1.xZbm8ps-H49J.RvV_AE7VUcuaIN9i9psY2pA7LO6JMo0LNcyVnCUFeXq5ndz5ztxt8b0Ts9v-aabvgGIfOhNsCa60upsP9DbhTZ66T6ck_QM',
  masterKeyId: 'xZbm8ps-H49J',
  createdAt: new Date(0),
};

describe('master keys', () => {
  const [one, two, three] = [masterKey(1), masterKey(2), masterKey(3)];

  it('decrypt what any of them encrypted', () => {
    const keys = new MasterKeys(one, [two]);
    expect(keys.unwrap(row(one))).toEqual(DATA_KEY);
    expect(keys.unwrap(row(two))).toEqual(DATA_KEY);
  });

  it('decrypt the rows of every release', () => {
    expect(new MasterKeys(one).unwrap(KEPT)).toEqual(DATA_KEY);
  });

  it('name the fingerprint of the key that is missing', () => {
    const unwrap = () => new MasterKeys(one, [two]).unwrap(row(three));
    expect(unwrap).toThrow(SettingsError);
    expect(unwrap).toThrow(new RegExp(`^MASTER_KEY .*${three.id}`));
  });

  it.each([
    ['id', { id: 'b' }],
    ['purpose', { purpose: 'cookies' }],
    ['wrapped key', { wrapped: row(one).wrapped.slice(0, -3) }],
    ['format', { wrapped: 'AAAA' }],
    ['master key', { masterKeyId: two.id }],
  ])('do not decrypt a row with another %s', (_name, change) => {
    const keys = new MasterKeys(one, [two]);
    expect(() => keys.unwrap({ ...row(one), ...change })).toThrow(SettingsError);
  });

  it('count once if they are repeated', () => {
    expect(new MasterKeys(one, [masterKey(1), two]).all.map(({ id }) => id)).toEqual([
      one.id,
      two.id,
    ]);
  });

  it('have 32 bytes', () => {
    expect(() => new MasterKey(Buffer.alloc(31))).toThrow('32 bytes');
  });

  it('reveal nothing but a fingerprint when they are printed', () => {
    const bytes = Buffer.from('0123456789abcdef0123456789abcdef');
    const printed = inspect(new MasterKeys(new MasterKey(bytes)), { depth: 9, showHidden: true });
    for (const encoding of ['utf8', 'hex', 'base64'] as const) {
      expect(printed).not.toContain(bytes.toString(encoding).slice(0, 12));
    }
    expect(printed).not.toContain('30 31 32');
  });
});

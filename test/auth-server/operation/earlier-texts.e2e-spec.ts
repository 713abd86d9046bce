import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sealEarlier, earlierKey } from '../support/earlier-texts.js';
import { KeysBed, masterKey, masterKeys, valuesOf } from '../support/keys-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { Keyring } from '../../../apps/auth-server/src/operation/crypto/keyring.js';

const OLD = 1;
const NEW = 2;
const WRONG = 3;
const EARLIER = ['cookies', 'refresh-tokens', 'dpop-nonces', 'login-names', 'limits'];

describe.each(STORAGES)('a database of version 0.1 on %s', (name) => {
  let bed: KeysBed;
  let mailId: string;
  beforeAll(async () => {
    bed = await KeysBed.start(name);
  });
  beforeEach(async () => {
    await bed.clear();
    mailId = randomUUID();
    await bed.putSigningKey('k', sealed('signing-keys', 'k', 'private'));
    await bed.putMails({ id: mailId, sealed: sealed('mails', mailId, 'mail') });
  });
  afterAll(() => bed.close());

  const sealed = (purpose: string, id: string, text: string) =>
    sealEarlier(masterKey(OLD), { purpose, id, text });
  const texts = async (keyring: Keyring) => {
    const { signingKeys, mails } = await bed.rows();
    return [
      ...signingKeys.map((row) => keyring.open('signing-keys', row.kid, row.sealedPrivateJwk)),
      ...mails.map((row) => keyring.open('mails', row.id, row.sealed)),
    ];
  };
  const formats = async () => {
    const { signingKeys, mails } = await bed.rows();
    return [...signingKeys.map((row) => row.sealedPrivateJwk), ...mails.map((row) => row.sealed)];
  };

  it.each([
    ['its master key', masterKeys(OLD)],
    ['another master key first', masterKeys(NEW, OLD)],
  ])('moves its texts to data keys at the first start with %s', async (_name, setting) => {
    const { keyring } = await bed.open(setting);
    expect(await texts(keyring)).toEqual(['private', 'mail']);
    for (const text of await formats()) expect(text).toMatch(/^v1\./);
  });

  it('goes on with the keys that it used, under any master key', async () => {
    const used = new Keyring(
      EARLIER.map((purpose) => ({
        id: purpose,
        purpose,
        bytes: earlierKey(masterKey(OLD), purpose),
      })),
    );
    expect(valuesOf((await bed.open(masterKeys(NEW, OLD))).keyring)).toEqual(valuesOf(used));
    const { keyring } = await bed.open(masterKeys(NEW));
    expect(valuesOf(keyring)).toEqual(valuesOf(used));
    expect(await texts(keyring)).toEqual(['private', 'mail']);
  });

  it('encrypts its texts with new random keys', async () => {
    const { keyring } = await bed.open(masterKeys(OLD));
    const derived = new Keyring(
      (await bed.rows()).keys.map(({ id, purpose }) => ({
        id,
        purpose,
        bytes: earlierKey(masterKey(OLD), purpose),
      })),
    );
    const { mails } = await bed.rows();
    expect(keyring.open('mails', mailId, mails[0]!.sealed)).toBe('mail');
    expect(() => derived.open('mails', mailId, mails[0]!.sealed)).toThrow();
  });

  it('does not start with a wrong master key, and nothing is written', async () => {
    const before = await bed.rows();
    await expect(bed.open(masterKeys(WRONG, NEW))).rejects.toThrow(/^MASTER_KEY does not decrypt/);
    await expect(bed.open()).rejects.toThrow(/^MASTER_KEY is not set/);
    expect(await bed.rows()).toEqual(before);
    expect(before.keys).toEqual([]);
  });

  it('does not start if one of its signing keys needs another master key', async () => {
    const other = { purpose: 'signing-keys', id: 'l', text: 'private' };
    await bed.putSigningKey('l', sealEarlier(masterKey(WRONG), other));
    const before = await bed.rows();
    await expect(bed.open(masterKeys(OLD, WRONG))).rejects.toThrow(/^MASTER_KEY does not decrypt/);
    expect(await bed.rows()).toEqual(before);
  });

  it('is read while an instance of version 0.1 still writes, and moved afterwards', async () => {
    const keys = await bed.open(masterKeys(NEW, OLD));
    const id = randomUUID();
    await bed.putMails({ id, sealed: sealed('mails', id, 'late') });
    expect((await texts(keys.keyring)).toSorted()).toEqual(['late', 'mail', 'private']);
    expect(await keys.maintain()).toEqual({ rewrapped: 0, moved: 1 });
    for (const text of await formats()) expect(text).toMatch(/^v1\./);
  });

  it('moves any number of texts, and leaves those that it cannot read', async () => {
    const more = Array.from({ length: 450 }, () => randomUUID());
    await bed.putMails(...more.map((id) => ({ id, sealed: sealed('mails', id, id) })));
    // More than one batch, so that a start would not end if it read them again.
    const copied: string[] = Array.from({ length: 220 }, () => randomUUID());
    const foreign = sealed('mails', mailId, 'of another row');
    await bed.putMails(...copied.map((id) => ({ id, sealed: foreign })));
    const { keyring } = await bed.open(masterKeys(OLD));
    const { mails } = await bed.rows();
    const moved = mails.filter((row) => !copied.includes(row.id));
    expect(moved.map((row) => keyring.open('mails', row.id, row.sealed)).toSorted()).toEqual(
      ['mail', ...more].toSorted(),
    );
    const left = mails.filter((row) => !row.sealed.startsWith('v1.'));
    expect(left.map((row) => row.id).toSorted()).toEqual(copied.toSorted());
  });

  it('is moved once by instances that start at the same time', async () => {
    const opened = await Promise.all([1, 2, 3].map(() => bed.open(masterKeys(NEW, OLD))));
    for (const { keyring } of opened) expect(await texts(keyring)).toEqual(['private', 'mail']);
  });
});

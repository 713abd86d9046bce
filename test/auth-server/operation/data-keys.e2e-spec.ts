import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { dataKeys } from '../../../apps/auth-server/src/operation/crypto/data-keys.table.js';
import { KEY_PURPOSES } from '../../../apps/auth-server/src/operation/crypto/keyring.js';
import {
  MasterKey,
  MasterKeys,
} from '../../../apps/auth-server/src/operation/crypto/master-keys.js';
import { SettingsError } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { KeysBed, masterKey, masterKeys, valuesOf } from '../support/keys-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const MAIL = '0b7e3f6e-6c34-4a47-9d2c-7a9b1a4b8f10';
const idOf = (byte: number): string => new MasterKey(masterKey(byte)).id;

describe.each(STORAGES)('the data keys on %s', (name) => {
  let bed: KeysBed;
  beforeAll(async () => {
    bed = await KeysBed.start(name);
  });
  beforeEach(() => bed.clear());
  afterAll(() => bed.close());

  const mastersOf = async () =>
    new Set((await bed.rows()).keys.map(({ masterKeyId }) => masterKeyId));
  /** Expects a refusal in one line that changes no row. */
  const expectRefusal = async (setting: string, message: RegExp) => {
    const before = await bed.rows();
    const error: unknown = await bed.open(setting).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SettingsError);
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain('\n');
    expect(await bed.rows()).toEqual(before);
  };

  it('are made once for instances that start at the same time', async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => bed.open(masterKeys(1))));
    const values = opened.map(({ keyring }) => valuesOf(keyring));
    for (const one of values) expect(one).toEqual(values[0]);
    const purposes = (await bed.rows()).keys.map(({ purpose }) => purpose);
    expect(purposes.toSorted()).toEqual([...KEY_PURPOSES].toSorted());
  });

  it('are random: another database has others, with the same master key', async () => {
    const first = valuesOf((await bed.open(masterKeys(1))).keyring);
    await bed.clear();
    const second = valuesOf((await bed.open(masterKeys(1))).keyring);
    for (const value of first) expect(second).not.toContain(value);
  });

  it('stay the same while the master key is exchanged', async () => {
    const before = await bed.open(masterKeys(1));
    const sealed = before.keyring.seal('mails', MAIL, 'text');
    for (const setting of [masterKeys(1, 2), masterKeys(2, 1), masterKeys(2)]) {
      const { keyring } = await bed.open(setting);
      expect(valuesOf(keyring)).toEqual(valuesOf(before.keyring));
      expect(keyring.open('mails', MAIL, sealed)).toBe('text');
    }
    await expectRefusal(masterKeys(1), new RegExp(`MASTER_KEY .*${idOf(2)}`));
  });

  it('are encrypted with the first master key, and no other', async () => {
    await bed.open(masterKeys(1, 2));
    expect(await mastersOf()).toEqual(new Set([idOf(1)]));
    await bed.open(masterKeys(2, 1));
    expect(await mastersOf()).toEqual(new Set([idOf(2)]));
  });

  it('are all encrypted with the new master key after an interruption', async () => {
    const before = await bed.open(masterKeys(1));
    const [row] = (await bed.rows()).keys;
    const moved = new MasterKey(masterKey(2)).wrap(
      new MasterKeys(new MasterKey(masterKey(1))).unwrap(row!),
    );
    await bed.database.db.update(dataKeys).set(moved).where(eq(dataKeys.id, row!.id));
    await expectRefusal(masterKeys(1), /MASTER_KEY/);
    const after = await bed.open(masterKeys(2, 1));
    expect(valuesOf(after.keyring)).toEqual(valuesOf(before.keyring));
    expect(await after.count()).toEqual({ all: KEY_PURPOSES.length, others: 0 });
  });

  it('are not opened, changed or completed with a wrong master key', async () => {
    await bed.open(masterKeys(1));
    await expectRefusal(masterKeys(3), new RegExp(`MASTER_KEY .*${idOf(1)}`));
    await bed.database.db.delete(dataKeys).where(eq(dataKeys.purpose, 'limits'));
    await expectRefusal(masterKeys(3), /MASTER_KEY/);
  });

  it('are not opened without a master key, and none is made for them', async () => {
    const file = join(bed.storage.environment['PATRONUS_SERVER_DATA']!, 'master.key');
    const made = await bed.open();
    expect(existsSync(file)).toBe(true);
    expect(valuesOf((await bed.open()).keyring)).toEqual(valuesOf(made.keyring));
    rmSync(file);
    await expectRefusal('', /MASTER_KEY is not set/);
    expect(existsSync(file)).toBe(false);
  });

  it('are not opened if a row was changed', async () => {
    await bed.open(masterKeys(1));
    const [one, other] = (await bed.rows()).keys;
    await bed.database.db
      .update(dataKeys)
      .set({ wrapped: other!.wrapped })
      .where(eq(dataKeys.id, one!.id));
    await expectRefusal(masterKeys(1), /MASTER_KEY .*data_keys was changed/);
  });

  it('are made for purposes that have none', async () => {
    const before = valuesOf((await bed.open(masterKeys(1))).keyring);
    await bed.database.db.delete(dataKeys).where(eq(dataKeys.purpose, 'limits'));
    const after = valuesOf((await bed.open(masterKeys(1))).keyring);
    expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
    expect(after.at(-1)).not.toBe(before.at(-1));
  });

  it('are not made again if they are lost, because texts need them', async () => {
    const { keyring } = await bed.open(masterKeys(1));
    await bed.putMails({ id: MAIL, sealed: keyring.seal('mails', MAIL, 'text') });
    await bed.database.db.delete(dataKeys);
    await expectRefusal(masterKeys(1), /data_keys is empty.*backup/);
  });

  it('are reported by an instance that no longer knows their master key', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    try {
      const instance = await bed.open(masterKeys(1));
      await instance.run();
      expect(warn).not.toHaveBeenCalled();
      const changed = await bed.open(masterKeys(1, 2));
      await bed.open(masterKeys(2, 1));
      await instance.run();
      await instance.run();
      expect(warn.mock.calls).toEqual([[expect.stringContaining('MASTER_KEY')]]);
      await changed.run();
      expect(log.mock.calls).toEqual([[expect.stringContaining(idOf(1))]]);
      expect(await mastersOf()).toEqual(new Set([idOf(1)]));
      const lines = JSON.stringify([...warn.mock.calls, ...log.mock.calls]);
      expect(lines).not.toContain(masterKeys(1).slice(0, 8));
    } finally {
      warn.mockRestore();
      log.mockRestore();
    }
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import type { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import {
  SIGNING_ALGORITHMS,
  signingKeys,
} from '../../../apps/auth-server/src/sessions/keys/signing-keys.table.js';
import { SigningKeySet } from '../../../apps/auth-server/src/sessions/keys/signing-key-set.js';
import { SigningKeyRepository } from '../../../apps/auth-server/src/sessions/keys/signing-key.repository.js';
import { Keyring } from '../../../apps/auth-server/src/operation/crypto/keyring.js';
import {
  readSettings,
  type ServerSettings,
} from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { SettingsError } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { recorderOn } from '../events/event-log.js';
import { ManualClock } from '../support/manual-clock.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';

const DAY = 24 * 60 * 60;
const HOUR = 60 * 60;
const ROTATION = 10 * DAY;
const LEAD = DAY;
/** Maximum lifetime of a token and of a session here, with the tolerance for clocks. */
const PUBLISHED_ON = DAY + 300;

describe.each(STORAGES)('the signing keys on %s', (name) => {
  let storage: PlatformStorage;
  let settings: ServerSettings;
  let database: PlatformDatabase;
  let clock: ManualClock;

  beforeAll(async () => {
    storage = await platformStorage(name);
    const times = { KEY_ROTATION_DAYS: '10', SESSION_TTL: String(DAY) };
    settings = readSettings({ ...storage.environment, ...times });
    database = await storage.open(settings);
  });

  beforeEach(async () => {
    await database.db.delete(signingKeys);
    clock = new ManualClock();
  });

  afterAll(async () => {
    await database.close();
    await storage.clear();
  });

  const keyringOf = (id: string, purpose = 'signing-keys') =>
    new Keyring([{ id, purpose, bytes: Buffer.alloc(32, id) }]);
  const eventKeys = keyringOf('e', 'audit-subjects');
  const open = async (keyring = keyringOf('a')) => {
    const events = await recorderOn(database, { keyring: eventKeys, clock, settings });
    const store = new SigningKeyRepository(database, keyring, clock, settings, events);
    return SigningKeySet.open(store, keyring, clock);
  };
  const kidsOf = (set: SigningKeySet) =>
    set
      .publicJwks()
      .keys.filter(({ alg }) => alg === 'ES256')
      .map(({ kid }) => kid);
  const pass = async (set: SigningKeySet, seconds: number) => {
    clock.advance(seconds);
    await set.reload();
  };
  const sign = (set: SigningKeySet) => {
    const { kid, algorithm, privateKey } = set.signingKey('ES256');
    return new SignJWT({ sub: 'ana' }).setProtectedHeader({ alg: algorithm, kid }).sign(privateKey);
  };
  const verifies = async (set: SigningKeySet, token: string) =>
    jwtVerify(token, createLocalJWKSet({ keys: [...set.publicJwks().keys] })).then(
      () => true,
      () => false,
    );

  it('are made at the first start, one of each algorithm, and sign at once', async () => {
    const set = await open();
    for (const algorithm of SIGNING_ALGORITHMS) {
      const { kid } = set.signingKey(algorithm);
      expect(set.publicJwks().keys).toContainEqual(
        expect.objectContaining({ kid, alg: algorithm, use: 'sig' }),
      );
    }
    expect(await verifies(set, await sign(set))).toBe(true);
    expect(set.publicJwks().keys).toHaveLength(2);
  });

  it('are published without their private members', async () => {
    const set = await open();
    for (const jwk of set.publicJwks().keys) {
      expect(Object.keys(jwk)).not.toEqual(expect.arrayContaining(['d']));
    }
    expect(set.privateJwks().every(({ d }) => typeof d === 'string')).toBe(true);
  });

  it('are kept sealed', async () => {
    const set = await open();
    const rows = JSON.stringify(await database.db.select().from(signingKeys));
    for (const { d } of set.privateJwks()) expect(rows).not.toContain(d);
  });

  it('are found again at the next start', async () => {
    const first = await open();
    expect((await open()).publicJwks()).toEqual(first.publicJwks());
  });

  it('rotate: published, then signing, then published on, then gone', async () => {
    const set = await open();
    const first = set.signingKey('ES256').kid;
    const token = await sign(set);

    await pass(set, ROTATION - LEAD - 10);
    expect(kidsOf(set)).toEqual([first]);

    await pass(set, 20);
    const [signing, next] = kidsOf(set);
    expect(signing).toBe(first);
    expect(next).toBeDefined();
    expect(set.signingKey('ES256').kid).toBe(first);

    await pass(set, LEAD - 20);
    expect(set.signingKey('ES256').kid).toBe(first);
    const last = await sign(set);

    await pass(set, 20);
    expect(set.signingKey('ES256').kid).toBe(next);
    expect(kidsOf(set)).toEqual([next, first]);
    expect(await verifies(set, token)).toBe(true);
    expect(await verifies(set, last)).toBe(true);

    await pass(set, PUBLISHED_ON - 40);
    expect(await verifies(set, last)).toBe(true);

    await pass(set, 40);
    expect(kidsOf(set)).toEqual([next]);
    expect(await verifies(set, last)).toBe(false);
    expect(set.find(first)).toBeUndefined();
    const rows = await database.db.select().from(signingKeys);
    expect(rows.map(({ kid }) => kid)).not.toContain(first);
  });

  it('sign in time without the database', async () => {
    const set = await open();
    await pass(set, ROTATION - LEAD + 10);
    const [, next] = kidsOf(set);
    clock.advance(LEAD);
    expect(set.signingKey('ES256').kid).toBe(next);
    expect(set.privateJwks()[0]).toMatchObject({ kid: next });
  });

  it('go on signing after a long silence, until the next was published for its lead', async () => {
    const first = (await open()).signingKey('ES256').kid;
    clock.advance(100 * DAY);
    const set = await open();
    expect(set.signingKey('ES256').kid).toBe(first);
    const [, next] = kidsOf(set);
    expect(next).toBeDefined();
    await pass(set, LEAD + 1);
    expect(set.signingKey('ES256').kid).toBe(next);
    expect(kidsOf(set)).toEqual([next, first]);
    await pass(set, PUBLISHED_ON);
    expect(kidsOf(set)).toEqual([next]);
  });

  it('are one set for instances that start and rotate at once', async () => {
    const sets = await Promise.all(Array.from({ length: 5 }, () => open()));
    const [first] = sets;
    for (const set of sets) expect(set.publicJwks()).toEqual(first?.publicJwks());
    expect(first?.publicJwks().keys).toHaveLength(2);

    clock.advance(ROTATION - LEAD + HOUR);
    await Promise.all(sets.map((set) => set.reload()));
    for (const set of sets) expect(set.publicJwks()).toEqual(first?.publicJwks());
    expect(first?.publicJwks().keys).toHaveLength(4);
  });

  it('tell who uses them of each change, and of nothing else', async () => {
    const set = await open();
    let changes = 0;
    const stop = set.onChange(() => (changes += 1));
    await pass(set, HOUR);
    expect(changes).toBe(0);
    await pass(set, ROTATION - LEAD);
    expect(changes).toBe(1);
    await pass(set, LEAD);
    expect(changes).toBe(2);
    stop();
    await pass(set, PUBLISHED_ON);
    expect(changes).toBe(2);
  });

  it('are replaced even if a listener fails', async () => {
    const set = await open();
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    let isTold = false;
    set.onChange(() => {
      throw new Error('no');
    });
    set.onChange(() => (isTold = true));
    await pass(set, ROTATION);
    expect(isTold).toBe(true);
    expect(logged).toHaveBeenCalled();
    logged.mockRestore();
  });

  it('do not start without their data key, and say what to restore', async () => {
    await open();
    const error: unknown = await open(keyringOf('b')).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SettingsError);
    expect(error).toMatchObject({ message: expect.stringContaining('data_keys') });
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hash } from 'bcryptjs';
import { AccountsService } from '../../../apps/auth-server/src/accounts/accounts.service.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { ImportedHashDecoy } from '../../../apps/auth-server/src/credentials/password/imported-hash-decoy.js';
import { LEGACY_SCHEMES } from '../../../apps/auth-server/src/credentials/password/imported-hashes.js';
import {
  logIn,
  newAddress,
  OTHER_PASSWORD,
  PASSWORD,
  registered,
  tally,
} from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

describe.each(STORAGES)('an imported account on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  const bringAlong = async (emailVerifiedAt: Date | null) => {
    const email = newAddress();
    const now = bed.clock.now();
    const passwordHash = await hash(PASSWORD, 4);
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const row = { email, emailKey: email, emailVerifiedAt, passwordHash };
    await db.insert(accounts).values({ ...row, createdAt: now, updatedAt: now });
    return { email, passwordHash };
  };

  it('logs in with the hash of another system, also in parallel, and the hash is replaced', async () => {
    const { email, passwordHash } = await bringAlong(bed.clock.now());
    const { body, status } = await logIn(bed, email, OTHER_PASSWORD);
    expect([status, body.code]).toEqual([401, 'invalid_credentials']);
    const found = () => bed.app.get(AccountsService, { strict: false }).findByEmail(email);
    expect((await found())?.passwordHash).toBe(passwordHash);

    expect(await tally(10, () => logIn(bed, email))).toEqual({ 200: 10 });
    expect((await found())?.passwordHash).toMatch(/^\$argon2id\$/);
    expect((await logIn(bed, email)).status).toBe(200);
  });

  it('does not log in before its address is confirmed', async () => {
    const { email } = await bringAlong(null);
    expect(await logIn(bed, email)).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
  });

  describe('while there are such hashes', () => {
    /** The hashes of other schemes that a wrong login verified, and of argon2id with current cost. */
    const workOf = async (name: string) => {
      const bcrypt = LEGACY_SCHEMES.find((scheme) => scheme.recognises(`$2b$04$${'a'.repeat(53)}`));
      const spy = jest.spyOn(bcrypt!, 'verify');
      try {
        expect((await logIn(bed, name, OTHER_PASSWORD)).status).toBe(401);
        return spy.mock.calls.map(([, stored]) => stored.slice(0, 7));
      } finally {
        spy.mockRestore();
      }
    };

    it('every login does the work of the most frequent scheme and cost, for each name', async () => {
      const current = await registered(bed);
      const imported = await bringAlong(bed.clock.now());
      await bed.app.get(ImportedHashDecoy, { strict: false }).refresh();
      for (const name of [newAddress(), current, imported.email]) {
        expect(await workOf(name)).toEqual([imported.passwordHash.slice(0, 7)]);
      }
    });

    it('no login does it once all hashes are current', async () => {
      const { db } = bed.app.get(PlatformDatabase, { strict: false });
      await db.delete(accounts);
      const current = await registered(bed);
      await bed.app.get(ImportedHashDecoy, { strict: false }).refresh();
      expect(await workOf(current)).toEqual([]);
      expect(await workOf(newAddress())).toEqual([]);
    });
  });
});

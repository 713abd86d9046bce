import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountsService } from '../../../apps/auth-server/src/accounts/accounts.service.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { oneTimeTokens } from '../../../apps/auth-server/src/sign-in/sign-in.table.js';
import { OneTimeTokensService } from '../../../apps/auth-server/src/sign-in/one-time-tokens.service.js';
import { registered } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const PURPOSE = 'reset_password';
const INVALID = { code: 'link_invalid' };

describe.each(STORAGES)('one-time tokens on %s', (storage) => {
  let bed: PlatformBed;
  let tokens: OneTimeTokensService;
  let db: PlatformDatabase['db'];
  let accountId: string;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    tokens = bed.app.get(OneTimeTokensService, { strict: false });
    ({ db } = bed.app.get(PlatformDatabase, { strict: false }));
    const email = await registered(bed);
    accountId = (await bed.app.get(AccountsService, { strict: false }).findByEmail(email))!.id;
  });
  afterAll(() => bed.close());

  const issue = (besideOlder = false) =>
    tokens.issue(db, { purpose: PURPOSE, accountId, ttl: 60, data: { a: 'b' }, besideOlder });
  const redeem = (token: string) => db.transaction((tx) => tokens.redeem(tx, PURPOSE, token));

  it('can be redeemed once of a hundred times, and are not used up by peeking', async () => {
    const token = await issue();
    await tokens.peek(db, PURPOSE, token);
    const uses = await Promise.allSettled(Array.from({ length: 100 }, () => redeem(token)));
    const won = uses.flatMap((use) => (use.status === 'fulfilled' ? [use.value] : []));
    expect(won).toEqual([{ accountId, data: { a: 'b' } }]);
    await expect(tokens.peek(db, PURPOSE, token)).rejects.toMatchObject(INVALID);
  });

  it('are withdrawn by a newer one unless that keeps older ones', async () => {
    const [first, second] = [await issue(), await issue()];
    const third = await issue(true);
    await expect(redeem(first)).rejects.toMatchObject(INVALID);
    expect(await redeem(second)).toMatchObject({ accountId });
    expect(await redeem(third)).toMatchObject({ accountId });
  });

  it('stay valid if the transaction that redeems them fails', async () => {
    const token = await issue();
    const failing = db.transaction(async (tx) => {
      await tokens.redeem(tx, PURPOSE, token);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await redeem(token)).toMatchObject({ accountId });
  });

  it('are not stored', async () => {
    const token = await issue();
    expect(JSON.stringify(await db.select().from(oneTimeTokens))).not.toContain(token);
  });
});

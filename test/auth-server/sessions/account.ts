import type { NestExpressApplication } from '@nestjs/platform-express';
import { Clock } from '../../../apps/auth-server/src/operation/clock.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import {
  type AccountRow,
  accounts,
} from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { PasswordHasher } from '../../../apps/auth-server/src/credentials/password/password-hasher.js';

export const PASSWORD = 'the owl counts nine slow trains';

/** An account that may log in, made without its registration. */
export async function madeAccount(
  app: NestExpressApplication,
  email: string,
  members: Partial<AccountRow> = {},
): Promise<AccountRow> {
  const { db } = app.get(PlatformDatabase, { strict: false });
  const now = app.get(Clock, { strict: false }).now();
  const [account] = await db
    .insert(accounts)
    .values({
      email,
      emailKey: email,
      emailVerifiedAt: now,
      passwordHash: await app.get(PasswordHasher, { strict: false }).hash(PASSWORD),
      createdAt: now,
      updatedAt: now,
      ...members,
    })
    .returning();
  if (account === undefined) throw new Error('no account');
  return account;
}

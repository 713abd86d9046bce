import { PlatformDatabase } from '../../../apps/auth-server/dist/operation/database/database.js';
import { accounts } from '../../../apps/auth-server/dist/accounts/accounts.table.js';
import { OidcProviderHost } from '../../../apps/auth-server/dist/oauth/provider/provider.host.js';
import { PasswordHasher } from '../../../apps/auth-server/dist/credentials/password/password-hasher.js';
import { SignInService } from '../../../apps/auth-server/dist/sign-in/sign-in.service.js';
import { SessionsService } from '../../../apps/auth-server/dist/sessions/sessions.service.js';
import { AccessTokensService } from '../../../apps/auth-server/dist/sessions/access-tokens.service.js';
import { PASSWORD } from '../clients.mjs';
import { grantRefreshToken } from './grants.mjs';

const DEVICE = { device: 'Firefox on Linux', address: '127.0.0.1' };

/** People with one password, each signed in once in a browser and once through the API. */
export async function makePeople(app, count) {
  if (count === 0) return [];
  const of = (type) => app.get(type, { strict: false });
  const { db } = of(PlatformDatabase);
  const passwordHash = await of(PasswordHasher).hash(PASSWORD);
  const now = new Date();
  const rows = Array.from({ length: count }, (_, index) => {
    const email = `person-${index}@example.com`;
    return {
      email,
      emailKey: email,
      emailVerifiedAt: now,
      name: 'Ana Souza',
      passwordHash,
      createdAt: now,
      updatedAt: now,
    };
  });
  const made = await db.insert(accounts).values(rows).returning();
  const people = [];
  for (const account of made) people.push(await signIn(account, { of, db }));
  return people;
}

async function signIn(account, { of, db }) {
  const login = { accountId: account.id, methods: ['pwd'], device: DEVICE };
  const proof = { method: 'pwd', at: new Date(), securityVersion: account.securityVersion };
  const browser = await of(SessionsService).start(db, { ...login, kind: 'browser' });
  const { session, refreshToken } = await of(SignInService).complete(account, [proof], DEVICE);
  const { provider } = of(OidcProviderHost);
  return {
    email: account.email,
    refreshToken: await grantRefreshToken(provider, account.id, { sessionUid: browser.id }),
    api: {
      refreshToken,
      accessToken: await of(AccessTokensService).issue({ account, session }),
    },
  };
}

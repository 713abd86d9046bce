import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { Proof } from '../../apps/auth-server/src/credentials/credential.js';
import { type AccountRow, accounts } from '../../apps/auth-server/src/accounts/accounts.table.js';
import { PlatformDatabase } from '../../apps/auth-server/src/operation/database/database.js';
import { sessions } from '../../apps/auth-server/src/sessions/sessions.table.js';
import {
  type ReturningBrowser,
  SignIn,
} from '../../apps/auth-server/src/sign-in/sign-in.service.js';
import { registered } from './accounts-people.js';
import { PlatformBed } from './platform-bed.js';
import { STORAGES } from './platform-storage.js';

const SOURCE = `${import.meta.dirname}/../../apps/auth-server/src`;

/** Finds the places in the platform whose text matches, as `file: match`. */
function places(pattern: RegExp): string[] {
  return globSync('**/*.ts', { cwd: SOURCE })
    .filter((file) => !file.endsWith('.spec.ts'))
    .flatMap((file) =>
      [...readFileSync(`${SOURCE}/${file}`, 'utf8').matchAll(pattern)].map(
        ([, name]) => `${file}: ${name}`,
      ),
    )
    .toSorted();
}

describe('sessions', () => {
  it('are written by their own room alone: created, used, ended, or made anonymous', () => {
    expect(places(/\.((?:insert|update|delete)\((?:sessions|sessionRows)\))/g)).toEqual([
      'sessions/refresh-tokens.service.ts: insert(sessionRows)',
      'sessions/sessions.service.ts: insert(sessions)',
      'sessions/sessions.service.ts: update(sessions)',
      'sessions/sessions.service.ts: update(sessions)',
      'sessions/sessions.service.ts: update(sessions)',
      'sessions/sessions.service.ts: update(sessions)',
      'sessions/sessions.service.ts: update(sessions)',
    ]);
  });

  it('start, and change their methods and times, through the door alone', () => {
    const writers = /(?:\bsessions|#start|Sessions\))\.(start|reauthenticate|rowOf|execute)\(/gi;
    expect(places(writers)).toEqual([
      'sign-in/sign-in.service.ts: execute',
      'sign-in/sign-in.service.ts: reauthenticate',
      'sign-in/sign-in.service.ts: rowOf',
      'sign-in/sign-in.service.ts: start',
      'sign-in/sign-in.service.ts: start',
    ]);
    expect(places(/(startApiSession)\(/g)).toEqual([
      'sessions/refresh-tokens.service.ts: startApiSession',
      'sign-in/sign-in.service.ts: startApiSession',
    ]);
  });

  it('take their methods from proofs: no other code names one', () => {
    expect(places(/method(?:s)?: (\[?'pwd'\]?)/g)).toEqual([
      "credentials/password/password-credential.ts: 'pwd'",
    ]);
  });
});

describe.each(STORAGES)('a sign-in on a page, on %s', (storage) => {
  let bed: PlatformBed;
  let signIn: SignIn;
  let database: PlatformDatabase;
  let account: AccountRow;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    signIn = bed.app.get(SignIn, { strict: false });
    database = bed.app.get(PlatformDatabase, { strict: false });
  });
  beforeEach(async () => {
    const email = await registered(bed);
    const [row] = await database.db.select().from(accounts).where(eq(accounts.emailKey, email));
    account = row!;
  });
  afterAll(() => bed.close());

  const proof = (): Proof => {
    const { securityVersion } = account;
    return { method: 'pwd', at: bed.clock.now(), securityVersion };
  };
  const start = (browser: ReturningBrowser) =>
    database.db.transaction((tx) =>
      signIn.startInBrowser(tx, browser, {
        id: crypto.randomUUID(),
        device: { device: 'Firefox on Linux', address: '127.0.0.1' },
      }),
    );
  const completed = async (): Promise<ReturningBrowser> => ({
    token: await signIn.completeOnPage('interaction', account, [proof()]),
    interaction: 'interaction',
    accountId: account.id,
  });
  const count = () => database.db.$count(sessions, eq(sessions.accountId, account.id));

  it('starts one session, however many browsers come back at once', async () => {
    const browser = await completed();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => start(browser)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await count()).toBe(1);
    const [row] = await database.db
      .select()
      .from(sessions)
      .where(eq(sessions.accountId, account.id));
    expect(row).toMatchObject({ kind: 'browser', methods: ['pwd'] });
  });

  it.each<[string, (browser: ReturningBrowser) => ReturningBrowser | Promise<ReturningBrowser>]>([
    ['another interaction', (browser) => ({ ...browser, interaction: 'another' })],
    ['another account', (browser) => ({ ...browser, accountId: crypto.randomUUID() })],
    ['another token', (browser) => ({ ...browser, token: `${browser.token}x` })],
    [
      'a minute later',
      (browser) => {
        bed.clock.advance(61);
        return browser;
      },
    ],
    [
      'a changed credential',
      async (browser) => {
        const changed = { securityVersion: account.securityVersion + 1 };
        await database.db.update(accounts).set(changed).where(eq(accounts.id, account.id));
        return browser;
      },
    ],
    [
      'a closed account',
      async (browser) => {
        const closed = { state: 'disabled' } as const;
        await database.db.update(accounts).set(closed).where(eq(accounts.id, account.id));
        return browser;
      },
    ],
  ])('starts none for %s', async (_what, change) => {
    const browser = await change(await completed());
    await expect(start(browser)).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(await count()).toBe(0);
  });
});

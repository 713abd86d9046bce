import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { Proof } from '../../../apps/auth-server/src/credentials/credential.js';
import {
  FactorPolicies,
  type FactorPolicy,
} from '../../../apps/auth-server/src/credentials/factor-policies.js';
import {
  type AccountRow,
  accounts,
} from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import {
  type ReturningBrowser,
  SignInService,
} from '../../../apps/auth-server/src/sign-in/sign-in.service.js';
import { signInResults } from '../../../apps/auth-server/src/sign-in/sign-in.table.js';
import { logIn, registered } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const SOURCE = `${import.meta.dirname}/../../../apps/auth-server/src`;

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
  let signIn: SignInService;
  let database: PlatformDatabase;
  let account: AccountRow;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    signIn = bed.app.get(SignInService, { strict: false });
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

describe.each(STORAGES)('the factors that a sign-in needs, on %s', (storage) => {
  let bed: PlatformBed;
  let signIn: SignInService;
  let db: PlatformDatabase['db'];
  let account: AccountRow;
  let policy: FactorPolicy;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    signIn = bed.app.get(SignInService, { strict: false });
    db = bed.app.get(PlatformDatabase, { strict: false }).db;
    const policies = bed.app.get(FactorPolicies, { strict: false });
    policies.register((...asked) => policy(...asked));
    policies.register(() => undefined);
  });
  beforeEach(async () => {
    policy = () => undefined;
    const email = await registered(bed);
    const [row] = await db.select().from(accounts).where(eq(accounts.emailKey, email));
    account = row!;
  });
  afterAll(() => bed.close());

  const device = { device: 'Firefox on Linux', address: '127.0.0.1' };
  const proofs = (): Proof[] => [
    { method: 'pwd', at: bed.clock.now(), securityVersion: account.securityVersion },
  ];
  const DOORS: readonly [string, () => Promise<unknown>][] = [
    ['complete', () => signIn.complete(account, proofs(), device)],
    ['completeWithoutTokens', () => signIn.completeWithoutTokens(account, proofs(), device)],
    ['completeOnPage', () => signIn.completeOnPage('interaction', account, proofs())],
  ];
  const left = async () => ({
    sessions: await db.$count(sessions, eq(sessions.accountId, account.id)),
    results: await db.$count(signInResults, eq(signInResults.accountId, account.id)),
  });

  it.each(DOORS)('refuse %s, and nothing starts', async (_door, enter) => {
    policy = () => ['totp', 'backup_code'];
    const refused = { code: 'factor_required', status: 401 };
    await expect(enter()).rejects.toMatchObject(refused);
    expect(await left()).toEqual({ sessions: 0, results: 0 });
    policy = () => undefined;
    await enter();
    const { sessions: started, results } = await left();
    expect(started + results).toBe(1);
  });

  it.each<[string, FactorPolicy]>([
    ['names no factor', () => []],
    ['answers later', async () => ['passkey']],
    [
      'fails',
      () => {
        throw new Error('out of order');
      },
    ],
    ['fails later', () => Promise.reject(new Error('out of order'))],
  ])('are not met by a policy that %s', async (_what, failing) => {
    policy = failing;
    for (const [, enter] of DOORS) await expect(enter()).rejects.toThrow();
    expect(await left()).toEqual({ sessions: 0, results: 0 });
  });

  it('are judged by the account and its proofs', async () => {
    const asked: unknown[] = [];
    policy = ({ id, role }, given) => {
      asked.push({ id, role, methods: given.map(({ method }) => method) });
      return undefined;
    };
    await signIn.complete(account, proofs(), device);
    expect(asked).toEqual([{ id: account.id, role: 'END_USER', methods: ['pwd'] }]);
  });

  it('are named in the answer of the API, after the right password only', async () => {
    policy = () => ['totp'];
    const email = account.email!;
    expect(await logIn(bed, email)).toMatchObject({
      status: 401,
      body: { code: 'factor_required', details: { factors: ['totp'] } },
    });
    expect(await logIn(bed, email, 'not the password of anyone')).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
    expect(await left()).toEqual({ sessions: 0, results: 0 });
  });
});

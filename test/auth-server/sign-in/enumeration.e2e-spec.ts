import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { EventNumbering } from '../../../apps/auth-server/src/events/event-numbering.js';
import { PasswordHasher } from '../../../apps/auth-server/src/credentials/password/password-hasher.js';
import { AccountsService } from '../../../apps/auth-server/src/accounts/accounts.service.js';
import { RevocationReplay } from '../../../apps/auth-server/src/sessions/revocations.js';
import {
  logIn,
  newAddress,
  OTHER_PASSWORD,
  PASSWORD,
  register,
  registered,
  tokensOf,
} from '../support/people.js';
import { type ApiAnswer, PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { until } from '../../environment/until.js';
import { waitingIn } from '../support/waiting-in.js';

/** The cost of a request: the kinds of its statements in order, and the hashed passwords. */
interface Work {
  readonly statements: readonly string[];
  readonly hashes: number;
}

describe.each(STORAGES)('known and unknown accounts on %s', (storage) => {
  let bed: PlatformBed;
  let confirmed: string;
  let unconfirmed: string;
  let closed: string;
  const statements: string[] = [];

  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    confirmed = await registered(bed);
    unconfirmed = newAddress();
    await register(bed, unconfirmed);
    closed = await registered(bed);
    const { accessToken } = await tokensOf(bed, closed);
    await bed.api('POST', '/api/v1/me/deactivate', { currentPassword: PASSWORD }, accessToken);
    // Their statements come at any time.
    for (const job of [EventNumbering, RevocationReplay]) {
      await bed.app.get(job, { strict: false }).onModuleDestroy();
    }
    record();
  });
  afterAll(() => bed.close());

  /** Records each statement that Drizzle reports to its logger, those of transactions too. */
  function record(): void {
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const session = Reflect.get(db, 'session');
    const logger = {
      logQuery(query: string) {
        const table = /\b(?:from|into|update) "(\w+)"/.exec(query)?.[1];
        statements.push(`${query.split(' ', 1)[0]} ${table}`);
      },
    };
    session.logger = logger;
    session.options.logger = logger;
  }

  async function workOf(ask: () => Promise<ApiAnswer>): Promise<[ApiAnswer, Work]> {
    const hasher = bed.app.get(PasswordHasher, { strict: false });
    const spies = [jest.spyOn(hasher, 'hash'), jest.spyOn(hasher, 'verify')];
    statements.length = 0;
    try {
      const answer = await ask();
      const hashes = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      return [answer, { statements: [...statements], hashes }];
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }

  const ROUTES: readonly (readonly [string, number, (email: string) => Promise<ApiAnswer>])[] = [
    ['register', 1, (email: string) => register(bed, email, OTHER_PASSWORD, { username: 'free' })],
    ['login', 1, (email: string) => logIn(bed, email, OTHER_PASSWORD)],
    [
      'forgot-password',
      0,
      (email: string) => bed.api('POST', '/api/v1/auth/forgot-password', { email }),
    ],
    [
      'resend-verification',
      0,
      (email: string) => bed.api('POST', '/api/v1/auth/resend-verification', { email }),
    ],
  ];

  it.each(ROUTES)('get the same answer from %s, after the same work', async (_, hashes, ask) => {
    const [expected, work] = await workOf(() => ask(newAddress()));
    expect(work.hashes).toBe(hashes);
    expect(work.statements.length).toBeGreaterThan(1);
    for (const email of [confirmed, unconfirmed, closed]) {
      const [answer, same] = await workOf(() => ask(email));
      expect(same).toEqual(work);
      expect([answer.status, answer.body]).toEqual([expected.status, expected.body]);
      const named = ({ headers }: ApiAnswer) =>
        [...headers].filter(([name]) => !['date', 'etag'].includes(name) && !name.endsWith('id'));
      expect(named(answer)).toEqual(named(expected));
    }
  });

  // An embedded database runs one transaction at a time.
  (storage === 'embedded' ? it.skip : it).each(ROUTES)(
    'wait alike for parallel requests of %s about the same name',
    async (_, _hashes, ask) => {
      const { db } = bed.app.get(PlatformDatabase, { strict: false });
      const accounts = bed.app.get(AccountsService, { strict: false });
      for (const email of [newAddress(), confirmed, unconfirmed, closed]) {
        const { answer } = await db.transaction(async (tx) => {
          await accounts.lockName(tx, email);
          const asked = ask(email);
          await until(1, () => waitingIn(db));
          return { answer: asked };
        });
        expect((await answer).status).toBeLessThan(500);
      }
    },
  );

  it('differ only in their mails', async () => {
    const unknown = newAddress();
    for (const email of [confirmed, unconfirmed, closed, unknown]) {
      const before = (await bed.inbox(email)).length;
      await bed.api('POST', '/api/v1/auth/forgot-password', { email });
      expect(await bed.inbox(email)).toHaveLength(before + 1);
    }
    expect((await bed.inbox(unknown))[0]?.text).not.toContain('token=');
  });

  it('cannot be told apart by registering, and logging in with what was registered', async () => {
    const codesOf = async (email: string) => {
      await register(bed, email, OTHER_PASSWORD);
      const codes: string[] = [];
      for (let index = 0; index < 6; index += 1) {
        codes.push((await logIn(bed, email, OTHER_PASSWORD)).body.code);
      }
      return codes;
    };
    const refused = Array.from({ length: 5 }, () => 'invalid_credentials');
    expect(await codesOf(newAddress())).toEqual([...refused, 'account_locked']);
    expect(await codesOf(await registered(bed))).toEqual([...refused, 'account_locked']);
  });
});

import { Writable } from 'node:stream';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { openDatabase } from '../../../apps/auth-server/src/operation/database/open-database.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { accountParty } from '../../../apps/auth-server/src/events/catalogue.js';
import { Events } from '../../../apps/auth-server/src/events/events.service.js';
import { AccountsService } from '../../../apps/auth-server/src/accounts/accounts.service.js';
import { AdministratorsService } from '../../../apps/auth-server/src/access/administrators.service.js';
import { createServer } from '../../../apps/auth-server/src/server.js';
import { readEmailAddress } from '../../../apps/auth-server/src/accounts/identifiers.js';
import { platformStorage, type PlatformStorage } from '../support/platform-storage.js';
import { newAddress, PASSWORD } from '../support/people.js';
import { PasswordCredential } from '../../../apps/auth-server/src/credentials/password/password-credential.js';

interface Line {
  readonly level: number;
  readonly context?: string;
  readonly event?: string;
  readonly [member: string]: unknown;
}

describe('security events in the log', () => {
  const lines: string[] = [];
  const email = newAddress();
  let storage: PlatformStorage;
  let app: NestExpressApplication;
  let url: string;
  let accountId: string;

  beforeAll(async () => {
    storage = await platformStorage('embedded');
    const settings = readSettings({
      ...storage.environment,
      HASH_MEMORY: '64',
      HASH_TIME: '1',
      RATE_LIMITS: 'off',
      TRUST_PROXY: '1',
      REFRESH_GRACE: '0',
    });
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(...chunk.toString().trim().split('\n'));
        done();
      },
    });
    app = await createServer({ settings, database: await openDatabase(settings), lines: stream });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    accountId = await createAccount();
  });
  afterAll(async () => {
    await app.close();
    await storage.clear();
  });

  async function createAccount(): Promise<string> {
    const address = readEmailAddress(email);
    if (address === undefined) throw new Error('this is no address');
    const [database, accounts, password] = [
      app.get(PlatformDatabase, { strict: false }),
      app.get(AccountsService, { strict: false }),
      app.get(PasswordCredential, { strict: false }),
    ];
    const passwordHash = await password.hash(PASSWORD, { email });
    return database.db.transaction(async (tx) => {
      const { id } = await accounts.upsertByEmail(tx, address);
      const now = new Date();
      const change = { emailVerifiedAt: now, passwordHash, passwordChangedAt: now };
      await accounts.changeCredential(tx, id, { email, state: 'active', ...change });
      return id;
    });
  }

  const post = async (path: string, body: object, token?: string) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': '203.0.113.7',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: Object(text === '' ? {} : JSON.parse(text)) };
  };
  const logIn = (identifier: string, password: string) =>
    post('/api/v1/auth/login', { identifier, password });

  const told = (event: string): readonly Line[] =>
    lines.map((line): Line => JSON.parse(line)).filter((line) => line.event === event);

  it('say who signed in, from which network', async () => {
    expect((await logIn(email, PASSWORD)).status).toBe(200);
    expect(told('sign_in.succeeded')).toEqual([
      expect.objectContaining({
        level: 30,
        context: 'Security',
        outcome: 'success',
        account: accountId,
        actor: `account:${accountId}`,
        network: '203.0.113.0/24',
        methods: ['pwd'],
        msg: 'sign_in.succeeded',
        reqId: expect.any(String),
      }),
    ]);
  });

  it('tell of reuse, and of sessions that end', async () => {
    const { body } = await logIn(email, PASSWORD);
    const { refreshToken } = body;
    expect((await post('/api/v1/auth/refresh', { refreshToken })).status).toBe(200);
    expect((await post('/api/v1/auth/refresh', { refreshToken })).status).toBe(401);
    const about = { account: accountId, network: '203.0.113.0/24', ids: expect.any(Object) };
    expect(told('session.refreshed_reuse')).toMatchObject([{ level: 40, ...about }]);
    expect(told('session.ended')).toMatchObject([
      { level: 30, because: 'refresh_token_reused', ...about },
    ]);
  });

  it('tell of a new administrator', async () => {
    const { db } = app.get(PlatformDatabase, { strict: false });
    const administrators = app.get(AdministratorsService, { strict: false });
    await db.transaction((tx) => administrators.appoint(tx, accountId));
    expect(told('assignment.added')).toMatchObject([
      { level: 40, account: accountId, ids: { role: 'SYSTEM_ADMIN' } },
    ]);
  });

  it('are not written if the transaction fails', async () => {
    const { db } = app.get(PlatformDatabase, { strict: false });
    const events = app.get(Events, { strict: false });
    const failure = new Error('no');
    const failing = db.transaction(async (tx) => {
      await events.record(tx, { type: 'account.disabled', subject: accountParty(accountId) });
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect(told('account.disabled')).toEqual([]);
  });

  it('tell of failures and locks, without the name that was tried', async () => {
    const unknown = newAddress();
    await logIn(unknown, PASSWORD);
    expect(told('sign_in.failed')).toMatchObject([{ level: 40, outcome: 'failure' }]);
    expect(told('sign_in.failed')[0]).not.toHaveProperty('account');
    for (let failures = 0; failures < 5; failures += 1) await logIn(email, `no ${PASSWORD}`);
    expect(told('sign_in.locked')).toMatchObject([{ level: 40, account: accountId }]);
    expect((await logIn(email, PASSWORD)).status).toBe(429);
    expect(told('sign_in.failed').at(-1)).toMatchObject({
      account: accountId,
      actor: 'stranger',
      reason: 'account_locked',
      network: '203.0.113.0/24',
    });
    const all = lines.join('\n');
    for (const secret of [email, unknown, PASSWORD]) expect(all).not.toContain(secret);
  });
});

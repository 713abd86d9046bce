import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { auditSubjects } from '../../../apps/auth-server/src/events/audit/audit.table.js';
import { mails } from '../../../apps/auth-server/src/notifications/mails.table.js';
import { Outbox } from '../../../apps/auth-server/src/notifications/mail-queue.js';
import { dataKeys } from '../../../apps/auth-server/src/operation/crypto/data-keys.table.js';
import {
  MasterKey,
  MasterKeys,
} from '../../../apps/auth-server/src/operation/crypto/master-keys.js';
import {
  type DatabaseSession,
  PlatformDatabase,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { SigningKeySet } from '../../../apps/auth-server/src/sessions/keys/signing-key-set.js';
import { signingKeys } from '../../../apps/auth-server/src/sessions/keys/signing-keys.table.js';
import { KeyLoad } from '../support/key-load.js';
import { masterKey, masterKeys } from '../support/keys-bed.js';
import { mailDraft } from '../support/mail-draft.js';
import { ManualClock } from '../support/manual-clock.js';
import { logIn, registered, tokensOf } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';

const OLD = 1;
const NEW = 2;
const LOCKED = { status: 429, body: { code: 'account_locked' } };

describe.each(STORAGES)('the master key on %s', (name) => {
  let storage: PlatformStorage;
  let clock: ManualClock;
  const running = new Set<PlatformBed>();
  beforeEach(async () => {
    storage = await platformStorage(name);
    clock = new ManualClock();
  });
  afterEach(async () => {
    for (const bed of running) await stop(bed);
    await storage.clear();
  });

  const start = async (MASTER_KEY: string) => {
    const bed = await PlatformBed.start({
      on: storage,
      clock,
      environment: { MASTER_KEY, ISSUER: 'http://localhost:4000', REFRESH_GRACE: '60' },
    });
    running.add(bed);
    return bed;
  };
  const stop = async (bed: PlatformBed) => {
    running.delete(bed);
    await bed.stop();
  };
  const dbOf = (bed: PlatformBed) => bed.app.get(PlatformDatabase, { strict: false }).db;

  it('is changed under load on two instances, without a failure', async () => {
    const load = new KeyLoad();
    const beds = [await start(masterKeys(OLD)), await start(masterKeys(OLD))];
    for (const bed of beds) await load.add(bed);
    await load.start(3);
    for (const setting of [masterKeys(OLD, NEW), masterKeys(NEW, OLD), masterKeys(NEW)]) {
      for (const [index, bed] of beds.entries()) {
        await load.remove(bed);
        await stop(bed);
        beds[index] = await start(setting);
        await load.add(beds[index]);
      }
    }
    await load.stop();
    expect(load.failures).toEqual([]);
    const keys = await dbOf(beds[0]!).select().from(dataKeys);
    expect(new Set(keys.map(({ masterKeyId }) => masterKeyId))).toEqual(
      new Set([new MasterKey(masterKey(NEW)).id]),
    );
    await expect(start(masterKeys(OLD))).rejects.toThrow('MASTER_KEY');
  });

  it('ends no session, no lock and no signing key when it is changed', async () => {
    const before = await start(masterKeys(OLD));
    const locked = await registered(before);
    for (let index = 0; index < 5; index += 1) await logIn(before, locked, 'not the password');
    expect(await logIn(before, locked)).toMatchObject(LOCKED);
    const tokens = await tokensOf(before, await registered(before));
    const refresh = (bed: PlatformBed) =>
      bed.api('POST', '/api/v1/auth/refresh', { refreshToken: tokens.refreshToken });
    const { body: next } = await refresh(before);
    await stop(before);
    await stop(await start(masterKeys(NEW, OLD)));
    const after = await start(masterKeys(NEW));
    expect(await logIn(after, locked)).toMatchObject(LOCKED);
    expect((await refresh(after)).body.refreshToken).toBe(next.refreshToken);
    expect((await after.api('GET', '/api/v1/me', undefined, tokens.accessToken)).status).toBe(200);
  });

  it('that is lost costs signing keys and mails, and no account or refresh token', async () => {
    const before = await start(masterKeys(OLD));
    const email = await registered(before);
    const tokens = await tokensOf(before, email);
    await stop(before);
    await expect(start(masterKeys(NEW))).rejects.toThrow('MASTER_KEY');
    const database = await storage.open(readSettings({ ...storage.environment }));
    for (const table of [dataKeys, signingKeys, mails]) await database.db.delete(table);
    const erased = { subjectId: null, wrappedKey: null, erasedAt: new Date() };
    await database.db.update(auditSubjects).set(erased);
    await database.close();
    const after = await start(masterKeys(NEW));
    expect((await after.api('GET', '/api/v1/me', undefined, tokens.accessToken)).status).toBe(401);
    const { refreshToken } = tokens;
    expect((await after.api('POST', '/api/v1/auth/refresh', { refreshToken })).status).toBe(200);
    expect((await logIn(after, email)).status).toBe(200);
  });

  it('and the data keys are nowhere in a dump, nor are mails', async () => {
    const bed = await start(masterKeys(OLD));
    const db = dbOf(bed);
    const planted = ['planted-subject', 'planted-token-9f2c', 'planted@example.org'];
    const [subject = '', token = '', to = ''] = planted;
    await bed.app.get(Outbox, { strict: false }).put(db, mailDraft(token, subject, to));
    const email = await registered(bed);
    await bed.api('POST', '/api/v1/auth/forgot-password', { email });
    const link = await bed.tokenMailedTo(email);

    const masters = new MasterKeys(new MasterKey(masterKey(OLD)));
    const rows = await db.select().from(dataKeys);
    const bytes = [masterKey(OLD), ...rows.map((row) => masters.unwrap(row).bytes)];
    const privates = bed.app.get(SigningKeySet, { strict: false }).privateJwks();
    const secrets = [
      ...planted,
      link,
      ...bytes.flatMap((one) => [
        one.toString('hex'),
        one.toString('base64').slice(0, 42),
        one.toString('base64url').slice(0, 42),
      ]),
      ...privates.map(({ d = '' }) => d),
    ];
    expect(secrets.every((secret) => secret.length > 12)).toBe(true);
    const dump = await dumpOf(db);
    for (const { wrapped } of rows) expect(dump).toContain(wrapped);
    for (const { sealed } of await db.select().from(mails)) expect(dump).toContain(sealed);
    for (const secret of secrets) expect(dump).not.toContain(secret);
  });
});

/** Every row of every table as text. */
async function dumpOf(db: DatabaseSession): Promise<string> {
  const tables = await textsOf(
    db,
    sql`select quote_ident(table_name) as text from information_schema.tables
        where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const rows = await Promise.all(
    tables.map((table) => textsOf(db, sql.raw(`select r::text as text from ${table} r`))),
  );
  return rows.flat().join('\n');
}

async function textsOf(db: DatabaseSession, query: ReturnType<typeof sql>): Promise<string[]> {
  const answer: unknown = await db.execute(query);
  const rows: unknown = Reflect.get(Object(answer), 'rows');
  return Array.isArray(rows) ? rows.map(({ text }: { text: string }) => text) : [];
}

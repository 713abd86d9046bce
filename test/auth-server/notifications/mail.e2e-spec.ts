import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { mails } from '../../../apps/auth-server/src/notifications/mails.table.js';
import { MailQueue } from '../../../apps/auth-server/src/notifications/mail-queue.js';
import { Outbox } from '../../../apps/auth-server/src/notifications/mail-queue.js';
import { until } from '../../environment/until.js';
import { mailDraft } from '../support/mail-draft.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const MAIL = mailDraft('https://id.example/?token=s3cr3t');

/** A mail server that can be told to refuse. */
class MailServer {
  readonly received: string[] = [];
  refuses = false;
  /** Resolves when the server has received the address of a recipient that it answers late. */
  readonly slow = Promise.withResolvers<void>();
  /** Answers the late recipient. */
  release = (): void => {};
  readonly #server = new SMTPServer({
    onRcptTo: ({ address }, _session, done) => {
      if (address.startsWith('gone@')) {
        return done(Object.assign(new Error('no such user'), { responseCode: 550 }));
      }
      if (!address.startsWith('slow@')) return done();
      this.release = done;
      return this.slow.resolve();
    },
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (this.refuses) return done(new Error(`not now: ${Buffer.concat(chunks).toString()}`));
        this.received.push(Buffer.concat(chunks).toString());
        return done();
      });
    },
  });

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server.server, 'listening');
    const { port } = this.#server.server.address() as AddressInfo;
    return `smtp://127.0.0.1:${port}?ignoreTLS=true`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

describe.each(STORAGES)('mails on %s', (storage) => {
  const server = new MailServer();
  let bed: PlatformBed;
  let database: PlatformDatabase;
  const put = (text: string, to?: string) =>
    bed.app.get(Outbox, { strict: false }).put(database.db, mailDraft(text, 'Hello', to));

  beforeAll(async () => {
    bed = await PlatformBed.start({ storage, environment: { SMTP_URL: await server.listen() } });
    database = bed.app.get(PlatformDatabase, { strict: false });
  });
  afterAll(async () => {
    await bed.close();
    await server.close();
  });

  it('go to the server, and nothing of them is kept', async () => {
    await put('once');
    await until(true, async () => (await database.db.select().from(mails)).length === 0);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatch(/^Message-ID: <[\w-]+@localhost>\r$/m);
    expect(server.received[0]).toMatch(/^To: ana@example.com\r$/m);
    expect(server.received[0]).toContain('once');
  });

  it('never leave, where the transaction that they tell of is rolled back', async () => {
    const outbox = bed.app.get(Outbox, { strict: false });
    const failing = database.db.transaction(async (tx) => {
      await outbox.put(tx, MAIL);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await database.db.select().from(mails)).toEqual([]);
  });

  it('wait where the server refuses them, sealed, without its words, and are sent again', async () => {
    server.refuses = true;
    const before = server.received.length;
    await put('twice s3cr3t');
    await until(true, async () => (await database.db.select().from(mails))[0]?.attempts === 1);
    const [row] = await database.db.select().from(mails);
    expect(JSON.stringify(row)).not.toContain('s3cr3t');
    expect(row?.lastError).toBe('Error EMESSAGE 450');
    expect(row?.nextAttemptAt?.getTime()).toBeGreaterThan(bed.clock.now().getTime());
    server.refuses = false;
    bed.clock.advance(60);
    await until(true, async () => (await database.db.select().from(mails)).length === 0);
    expect(server.received).toHaveLength(before + 1);
  });

  it('that cannot be opened are given up, and hold up no others', async () => {
    server.refuses = false;
    const now = bed.clock.now();
    await database.db
      .insert(mails)
      .values({ sealed: 'A'.repeat(64), createdAt: now, nextAttemptAt: now });
    await put('beside it');
    await until(true, async () => server.received.some((mail) => mail.includes('beside it')));
    await until(true, async () => (await database.db.select().from(mails)).length === 1);
    const [row] = await database.db.select().from(mails);
    expect(row).toMatchObject({ nextAttemptAt: null, lastError: 'unreadable' });
    expect(await bed.app.get(MailQueue, { strict: false }).kept()).toEqual([]);
    await database.db.delete(mails);
  });

  it('go out while the server takes its time for another one', async () => {
    await put('late', 'slow@example.com');
    await server.slow.promise;
    await put('not late');
    await until(true, () => server.received.some((mail) => mail.includes('not late')));
    expect(server.received.some((mail) => mail.includes('\r\nlate'))).toBe(false);
    server.release();
    await until(true, async () => (await database.db.select().from(mails)).length === 0);
  });

  it('are given up at once if the server refuses the recipient for good', async () => {
    await put('to nowhere', 'gone@example.com');
    await until(true, async () => (await database.db.select().from(mails))[0]?.attempts === 1);
    const [row] = await database.db.select().from(mails);
    expect(row).toMatchObject({ nextAttemptAt: null, lastError: 'Error EENVELOPE 550' });
    await database.db.delete(mails);
  });

  it('are given up after the eighth attempt', async () => {
    server.refuses = true;
    await put('never');
    await database.db.update(mails).set({ attempts: 7 });
    await until(true, async () => (await database.db.select().from(mails))[0]?.attempts === 8);
    expect((await database.db.select().from(mails))[0]?.nextAttemptAt).toBeNull();
  });
});

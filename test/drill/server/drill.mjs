import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  MasterKey,
  MasterKeys,
} from '../../../apps/auth-server/dist/operation/crypto/master-keys.js';
import { freePort } from '../../environment/free-port.mjs';
import { EventsAudit } from './audit/events.audit.mjs';
import { MailsAudit } from './audit/mails.audit.mjs';
import { auditPerson } from './audit/person.audit.mjs';
import { auditRows } from './audit/rows.audit.mjs';
import { Client } from './client.mjs';
import { Inbox } from './inbox.mjs';
import { Ledger } from './ledger.mjs';
import { Crowd } from './people/crowd.mjs';
import { Steps } from './people/steps.mjs';
import { ServerProcess } from './server-process.mjs';

const PEOPLE = 36;
/** A kill comes after any number of answers up to this, and a random time after the last of them. */
const MOST_ANSWERS = 240;
/** In milliseconds. */
const MOST_DELAY = 50;
const MASTER_KEY = Buffer.alloc(32, 'drill');
const ENVIRONMENT = {
  PATH: process.env.PATH,
  NODE_ENV: 'development',
  MASTER_KEY: MASTER_KEY.toString('base64'),
  HASH_MEMORY: '64',
  HASH_TIME: '1',
  RATE_LIMITS: 'off',
  REFRESH_GRACE: '60',
  LOG_LEVEL: 'error',
};

/**
 * Kills a server under load again and again, and asks the next one for what this one promised.
 *
 * @param fault what to break in the server
 * @param isOver says after which kill it has seen enough
 * @returns the {@link Ledger}
 */
export async function drill({ storage, kills, random, fault, say, isOver = () => false }) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'patronus-drill-'));
  const environment = {
    ...ENVIRONMENT,
    ...storage.environment,
    PORT: String(port),
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  };
  const spare = () => new ServerProcess({ environment, folder, fault });
  let server = spare();
  let next = spare();
  const client = new Client(`http://localhost:${port}`);
  const ledger = new Ledger(say);
  const steps = new Steps({ client, inbox: new Inbox(client), ledger, random });
  const crowd = new Crowd(steps, PEOPLE, random);
  const masterKeys = new MasterKeys(new MasterKey(MASTER_KEY));
  const mails = new MailsAudit(masterKeys, ledger);
  const events = new EventsAudit(masterKeys, mails, ledger);

  try {
    await server.start();
    client.connect();
    while (ledger.kills < kills && !isOver(ledger)) {
      const people = await kill();
      const snapshot = await storage.snapshot();
      server = next;
      await Promise.all([server.start(), audit(snapshot, people)]);
      next = spare();
      client.connect();
      await Promise.all(people.map((person) => auditPerson(person, steps)));
      tell();
    }
    await crowd.finish();
    await Promise.all(crowd.gone.map((person) => auditPerson(person, steps)));
    await server.kill();
    await storage.settled();
    await audit(await storage.snapshot(), [...crowd.people, ...crowd.gone]);
    ledger.repeated = client.repeated;
    return ledger;
  } finally {
    await Promise.allSettled([server.kill(), next.kill()]);
    rmSync(folder, { recursive: true });
  }

  /** The people who were there. */
  async function kill() {
    const running = crowd.runUntilKilled();
    await Promise.race([client.answers(random() * MOST_ANSWERS), running]);
    await sleep(random() * MOST_DELAY);
    ledger.inFlight += client.inFlight;
    ledger.kills += 1;
    client.cut();
    await server.kill();
    await client.disconnect();
    const people = await running;
    await storage.settled();
    return people;
  }

  async function audit(snapshot, people) {
    const database = await snapshot.open();
    try {
      await auditRows(database, ledger);
      await mails.audit(database, people);
      await events.audit(database, people);
    } finally {
      await database.close();
      snapshot.remove();
    }
  }

  function tell() {
    if (ledger.kills % 5 !== 0) return;
    const writes = Object.values(ledger.acknowledged).reduce((sum, one) => sum + one, 0);
    say(`${ledger.kills} kills, ${writes.toLocaleString('en')} writes acknowledged`);
  }
}

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { RunningClinics } from '../../sample/support/running-clinics.js';
import { freePort } from '../../environment/free-port.mjs';
import { masterKeys } from '../support/keys-bed.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';
import { RunningPlatform } from '../support/running-platform.js';

const OLD = 1;
const NEW = 2;
/** Timeout in milliseconds, which includes the build on a busy machine. */
const START = 240_000;
const REWRAPPED =
  /^All \d+ data keys are encrypted with the first key of MASTER_KEY \(fingerprint [\w-]{12}\)\..*\n$/;

describe.each(STORAGES)('a process with a master key on %s', (name) => {
  let storage: PlatformStorage;
  let port: number;
  const processes: RunningPlatform[] = [];
  beforeAll(() => RunningClinics.build(), START);
  beforeEach(async () => {
    storage = await platformStorage(name);
    port = await freePort();
  });
  afterEach(async () => {
    for (const one of processes.splice(0)) {
      one.signal('SIGKILL');
      await one.ended();
    }
    await storage.clear();
  });

  const run = (MASTER_KEY: string, ...command: readonly string[]) => {
    const environment = { ...storage.environment, MASTER_KEY, PORT: String(port) };
    const one = new RunningPlatform({ ...environment, LOG_LEVEL: 'silent' }, ...command);
    processes.push(one);
    return one;
  };
  /** Runs a server until it listens, and ends it. */
  const serve = async (setting: string) => {
    const server = run(setting);
    await server.says(/Patronus listens on/);
    server.signal('SIGTERM');
    expect(await server.ended()).toMatchObject({ code: 0 });
  };
  const expectRefusal = async (one: RunningPlatform) => {
    expect(await one.ended()).toMatchObject({ code: 1 });
    expect(one.output).toMatch(/^MASTER_KEY does not decrypt .*\n$/);
  };

  it(
    'exchanges it with `rewrap-keys`, any number of times',
    async () => {
      await serve(masterKeys(OLD));
      for (let index = 0; index < 2; index += 1) {
        const command = run(masterKeys(NEW, OLD), 'rewrap-keys');
        expect(await command.ended()).toMatchObject({ code: 0 });
        expect(command.output).toMatch(REWRAPPED);
      }
      await serve(masterKeys(NEW));
      await expectRefusal(run(masterKeys(OLD)));
    },
    START,
  );

  it(
    'ends with 1 and one line if it is wrong, as a server and as a command',
    async () => {
      await serve(masterKeys(OLD));
      await expectRefusal(run(masterKeys(NEW)));
      await expectRefusal(run(masterKeys(NEW), 'rewrap-keys'));
      await serve(masterKeys(OLD));
    },
    START,
  );

  const onServer = name === 'embedded' ? it.skip : it;

  onServer(
    'ends with 1 and one line if the audit log needs data keys that are gone',
    async () => {
      await serve(masterKeys(OLD));
      const owner = new Client({ connectionString: storage.environment['DATABASE_URL'] });
      await owner.connect();
      try {
        await owner.query('delete from data_keys; delete from signing_keys; delete from mails');
        const MASTER_KEY = masterKeys(NEW);
        const own = { MASTER_KEY, PORT: String(port), LOG_LEVEL: 'info' };
        const refused = new RunningPlatform({ ...storage.environment, ...own });
        processes.push(refused);
        expect(await refused.ended()).toMatchObject({ code: 1 });
        expect(refused.output).toMatch(/^The audit log needs the data key [\w-]{12}, .*\n$/);
        await owner.query(
          'update audit_subjects set subject_id = null, wrapped_key = null, erased_at = now()',
        );
      } finally {
        await owner.end();
      }
      await serve(masterKeys(NEW));
    },
    START,
  );
});

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
});

import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningClinics } from '../../sample/support/running-clinics.js';
import { freePort } from '../../environment/free-port.mjs';
import { until } from '../../environment/until.js';
import { Balancer } from '../support/balancer.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';
import { RunningPlatform } from '../support/running-platform.js';

const SECRET = 'a-secret-of-a-test-that-has-32-characters';
const CLIENT = { client_id: 'worker', client_secret: SECRET, grant_types: ['client_credentials'] };
/** Timeout in milliseconds, which includes the build and four starts on a busy machine. */
const LIMIT = 240_000;

const shared = STORAGES.filter((name) => name !== 'embedded');

(shared.length === 0 ? describe.skip : describe)('two instances behind a load balancer', () => {
  let storage: PlatformStorage;
  let balancer: Balancer;
  const running: RunningPlatform[] = [];

  beforeAll(() => RunningClinics.build(), LIMIT);
  afterEach(async () => {
    await balancer.close();
    for (const platform of running) platform.signal('SIGKILL');
    await Promise.all(running.map((platform) => platform.ended()));
    await storage.clear();
  }, LIMIT);

  it(
    'fail no request while one after the other restarts',
    async () => {
      storage = await platformStorage(shared[0] ?? 'embedded');
      const [front, ...ports] = [await freePort(), await freePort(), await freePort()];
      const start = (port: number): RunningPlatform => {
        const platform = new RunningPlatform({
          ...storage.environment,
          PORT: String(port),
          ISSUER: `http://localhost:${front}`,
          LOG_LEVEL: 'silent',
          RATE_LIMITS: 'off',
          SHUTDOWN_DELAY: '1',
          CLIENTS: JSON.stringify([CLIENT]),
        });
        running.push(platform);
        return platform;
      };
      const instances = ports.map((port) => ({ port, platform: start(port) }));
      balancer = await Balancer.start(front, ports);
      for (const { port, platform } of instances) {
        await platform.says(/Patronus listens on/);
        await until(true, () => balancer.isReady(port));
      }

      const answers = new Map<string, number>();
      const failures: string[] = [];
      const over = new AbortController();
      const load = async (): Promise<void> => {
        while (!over.signal.aborted) {
          const answer = await answerOf(`http://127.0.0.1:${front}`);
          if (answer.startsWith('200 ')) answers.set(answer, (answers.get(answer) ?? 0) + 1);
          else failures.push(answer);
        }
      };
      const loads = Promise.all(Array.from({ length: 4 }, load));
      for (const { port, platform } of instances) {
        const other = ports.find((one) => one !== port);
        platform.signal('SIGTERM');
        expect(await platform.ended()).toMatchObject({ code: 0 });
        await start(port).says(/Patronus listens on/);
        await until(true, () => balancer.isReady(port));
        // The other one has answered meanwhile, and this one does again.
        for (const one of [port, other]) {
          const before = answers.get(`200 ${one}`) ?? 0;
          await until(true, () => (answers.get(`200 ${one}`) ?? 0) > before);
        }
      }
      over.abort();
      await loads;
      expect(failures).toEqual([]);
    },
    LIMIT,
  );
});

/** Requests a token, which writes a row. Returns the status, and the instance that answered. */
async function answerOf(front: string): Promise<string> {
  try {
    const answer = await fetch(`${front}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`worker:${SECRET}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    await answer.arrayBuffer();
    return `${answer.status} ${answer.headers.get('x-instance')}`;
  } catch (error) {
    return String(error);
  }
}

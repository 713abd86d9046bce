import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../environment/until.js';
import { hasRedisServer, RedisProcess } from '../../core/redis-process.js';
import { DoorsController, LimitedBed } from './limited-bed.js';

(hasRedisServer() ? describe : describe.skip)('a Redis that goes away', () => {
  let redis: RedisProcess;
  let bed: LimitedBed;

  beforeAll(async () => {
    redis = await RedisProcess.start();
    bed = await LimitedBed.start({ REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await bed.close();
    await redis.kill();
  });

  const login = () => bed.login('192.0.2.1', { email: 'ana@example.com' });
  const expectRefusal = async () => {
    const doors = bed.app.get(DoorsController);
    const before = doors.entered;
    const [refused, device] = await Promise.all([login(), bed.get('/oauth/device', '192.0.2.1')]);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toMatchObject({ code: 'unavailable' });
    expect(device.status).toBe(503);
    expect(doors.entered).toBe(before);
  };

  it('closes what is limited while it is dead, and opens it when it is back', async () => {
    expect((await login()).status).toBe(200);
    await redis.kill();
    await expectRefusal();
    expect((await bed.get('/unlimited', '192.0.2.1')).status).toBe(200);
    await redis.start();
    await until(200, async () => (await login()).status);
  });

  it('closes what is limited while it hangs, within a second or two', async () => {
    redis.pause();
    const deadline = once(AbortSignal.timeout(3000), 'abort').then(() => {
      throw new Error('no refusal came');
    });
    await Promise.race([expectRefusal(), deadline]);
    redis.resume();
    await until(200, async () => (await login()).status);
  });

  it('does not hold up a start', async () => {
    await redis.kill();
    const second = await LimitedBed.start({ REDIS_URL: redis.url });
    expect((await second.login('192.0.2.1')).status).toBe(503);
    await redis.start();
    await until(200, async () => (await second.login('192.0.2.1')).status);
    await second.close();
  });
});

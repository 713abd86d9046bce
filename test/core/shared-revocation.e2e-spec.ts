import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Revocation } from '@patronus/nestjs';
import { redisRevocations } from '@patronus/nestjs/redis';
import { createClient } from '@redis/client';
import { redisUrl } from '../environment/services.js';
import { RunningRevoker } from './running-revoker.js';
import { answerOf, fieldsOf } from './revocation-answers.js';
import { until } from '../environment/until.js';
import { Wire } from './wire.js';

jest.setTimeout(30_000);

const url = redisUrl() ?? '';

(url === '' ? describe.skip : describe)('revocations behind a real Redis', () => {
  const prefix = `patronus-test-${randomUUID()}`;
  const admin = createClient({ url });
  const ending: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
    if (!admin.isOpen) await admin.connect();
    await admin.del(`${prefix}:revocations`);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const end of ending.splice(0).toReversed()) await end();
  });
  afterAll(async () => {
    if (admin.isOpen) await admin.del(`${prefix}:revocations`);
    if (admin.isOpen) admin.destroy();
  });

  async function instance(options: object = {}) {
    const revocations = redisRevocations({ url, prefix, ...options });
    const heard: Revocation[] = [];
    revocations.observe((revocation) => heard.push(revocation));
    await revocations.start();
    ending.push(() => revocations.stop());
    return { revocations, heard };
  }

  async function behindWire(options: object = {}) {
    const wire = await Wire.to(url);
    ending.push(() => wire.close());
    return { wire, ...(await instance({ url: wire.url, ...options })) };
  }

  it('are seen by two other processes, which end by themselves', async () => {
    const { revocations, heard } = await instance();
    const others = await Promise.all([1, 2].map(() => RunningRevoker.start({ url, prefix })));
    ending.push(async () => others.forEach((one) => one.kill()));
    for (const one of others) expect(await one.isRevoked(fieldsOf('ana'))).toBe('good');
    await revocations.revoke({ session: 'session-of-ana' });
    expect(answerOf(revocations, 'ana')).toBe('revoked');
    for (const one of others) {
      await until('revoked', () => one.isRevoked(fieldsOf('ana')));
      expect(await one.isRevoked(fieldsOf('ben'))).toBe('good');
    }
    expect(await others[0]?.revoke({ user: 'ben' })).toBe('done');
    await until('revoked', () => answerOf(revocations, 'ben'));
    await until('revoked', async () => (await others[1]?.isRevoked(fieldsOf('ben'))) ?? '');
    expect(heard).toEqual([
      { session: 'session-of-ana' },
      { user: 'ben', issuedBefore: expect.any(Number) },
    ]);
    await others[0]?.stop();
    await others[1]?.letGo();
  });

  it('are known to an instance that starts later, which tells nobody of them', async () => {
    await (await instance()).revocations.revoke({ user: 'ana' });
    const revokedAt = Date.now();
    await until(true, () => Date.now() > revokedAt);
    const { revocations, heard } = await instance();
    expect(answerOf(revocations, 'ana')).toBe('revoked');
    expect(answerOf(revocations, 'ben')).toBe('good');
    expect(heard).toEqual([]);
  });

  it('are loaded however many there are', async () => {
    const expiry = Date.now() + 60_000;
    const members = Array.from({ length: 5000 }, (_, number) => ({
      score: expiry,
      value: JSON.stringify({ session: `session-of-${number}`, at: Date.now(), until: expiry }),
    }));
    await admin.zAdd(`${prefix}:revocations`, members);
    const { revocations } = await instance();
    for (const id of ['0', '2500', '4999']) expect(answerOf(revocations, id)).toBe('revoked');
    expect(answerOf(revocations, '5000')).toBe('good');
  });

  it('that are made together reach every instance, in a few commands', async () => {
    const [{ revocations }, other] = [await instance(), await instance()];
    const all = Array.from({ length: 2500 }, (_, number) => ({ session: `session-of-${number}` }));
    const evals = async () =>
      /cmdstat_eval:calls=(\d+)/.exec(await admin.info('commandstats'))?.[1];
    const before = Number((await evals()) ?? 0);
    await revocations.revokeAll(all);
    expect(Number(await evals()) - before).toBeLessThan(100);
    expect(all.every((each) => revocations.has(each))).toBe(true);
    expect(revocations.has({ session: 'session-of-2500' })).toBe(false);
    for (const id of ['0', '1000', '2499']) expect(answerOf(revocations, id)).toBe('revoked');
    await until(2500, () => other.heard.length);
    await expect(revocations.revokeAll([{ session: 'one' }, { session: '' }])).rejects.toThrow(
      'revocation.session: is not an id.',
    );
    expect(revocations.has({ session: 'one' })).toBe(false);
    await revocations.revokeAll([]);
  });

  it('of another prefix count for others', async () => {
    const { revocations } = await instance();
    const other = await instance({ prefix: `${prefix}-other` });
    await revocations.revoke({ user: 'ana' });
    await revocations.revoke({ user: 'ben' });
    expect(answerOf(other.revocations, 'ana')).toBe('good');
    await admin.del(`${prefix}-other:revocations`);
  });

  it.each(['hang', 'cut'] as const)(
    'that are said while the wire is %s are refused from then on, or everything is',
    async (failure) => {
      const { revocations } = await instance();
      const { wire, revocations: remote, heard } = await behindWire();
      const { wire: openWire, revocations: open } = await behindWire({ whenUnreachable: 'allow' });
      await revocations.revoke({ user: 'known' });
      for (const one of [remote, open]) await until('revoked', () => answerOf(one, 'known'));
      for (const one of [wire, openWire]) one[failure]();
      await revocations.revoke({ user: 'ana' });
      await until('provider_unavailable', () => answerOf(remote, 'ana'));
      expect(answerOf(remote, 'ben')).toBe('provider_unavailable');
      expect(answerOf(remote, 'known')).toBe('revoked');
      expect(answerOf(open, 'known')).toBe('revoked');
      expect(answerOf(open, 'ana')).toBe('good');
      await expect(remote.revoke({ user: 'x' })).rejects.toMatchObject({
        code: 'provider_unavailable',
        retryAfter: 1,
      });
      for (const one of [wire, openWire]) one.mend();
      for (const one of [remote, open]) await until('revoked', () => answerOf(one, 'ana'));
      await until('good', () => answerOf(remote, 'ben'));
      expect(heard.map(({ user }) => user)).toEqual(['known', 'ana']);
    },
  );

  it('are unknown for a moment after the event loop stood still', async () => {
    const { revocations } = await instance();
    expect(answerOf(revocations, 'ana')).toBe('good');
    const end = performance.now() + 1100;
    while (performance.now() < end);
    expect(answerOf(revocations, 'ana')).toBe('provider_unavailable');
    await until('good', () => answerOf(revocations, 'ana'));
  });

  it('pass over what cannot be read, and say so without repeating it', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    await admin.zAdd(`${prefix}:revocations`, { score: Date.now() + 60_000, value: 'hush' });
    const { revocations } = await instance();
    await admin.publish(`${prefix}:revocations`, '{"hush":1}');
    await admin.publish(
      `${prefix}:revocations`,
      JSON.stringify({ user: 'ana', at: Date.now(), until: Date.now() + 60_000 }),
    );
    await until('revoked', () => answerOf(revocations, 'ana'));
    expect(answerOf(revocations, 'ben')).toBe('good');
    expect(logged).toHaveBeenCalledTimes(1);
    expect(JSON.stringify(logged.mock.calls)).not.toContain('hush');
  });

  it('that have long expired are cleared with the next one', async () => {
    const hour = 3600_000;
    const key = `${prefix}:revocations`;
    await admin.zAdd(key, [
      { score: Date.now() - hour - 60_000, value: 'long ago' },
      { score: Date.now() - hour + 60_000, value: 'lately' },
    ]);
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    await (await instance({ keepFor: 60 })).revocations.revoke({ token: 't' });
    const [lately, fresh] = await admin.zRangeWithScores(key, 0, -1);
    expect(lately?.value).toBe('lately');
    expect(fresh?.score).toBeGreaterThan(Date.now());
    expect(JSON.parse(fresh?.value ?? '')).toEqual({
      token: 't',
      at: expect.any(Number),
      until: fresh?.score,
    });
  });

  it('end with the last module that uses them, and can begin again', async () => {
    const { revocations } = await instance();
    await revocations.start();
    await revocations.stop();
    expect(answerOf(revocations, 'ana')).toBe('good');
    await revocations.stop();
    expect(answerOf(revocations, 'ana')).toBe('provider_unavailable');
    await revocations.start();
    expect(answerOf(revocations, 'ana')).toBe('good');
    await revocations.revoke({ user: 'ana' });
    expect(answerOf(revocations, 'ana')).toBe('revoked');
  });

  it('begin for the next module, although they were ended more often than begun', async () => {
    const { revocations } = await instance();
    for (let times = 0; times < 3; times += 1) await revocations.stop();
    await revocations.start();
    expect(answerOf(revocations, 'ana')).toBe('good');
    await revocations.stop();
    expect(answerOf(revocations, 'ana')).toBe('provider_unavailable');
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import { member, type JsonObject } from '../identity/json-object.js';
import { RemoteAnswers } from './remote-answers.js';
import { readCacheOptions, type RemoteCacheOptions } from './remote-cache.options.js';
import { RemoteServer } from './remote-server.js';
import { known, refused, unclear, type Verdict } from './verdict.js';

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => void jest.useFakeTimers({ now: NOW, doNotFake: ['setImmediate', 'nextTick'] }));
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

type Ask = (token: string) => Promise<Verdict>;

/** Creates one process that calls the server, with its cache. */
function asking(verdict: Verdict | Ask, cache: RemoteCacheOptions = {}, question = ['url']) {
  const ask = jest.fn<Ask>(
    typeof verdict === 'function' ? verdict : () => Promise.resolve(verdict),
  );
  const profile = {
    name: 'fake',
    issuers: [],
    issuer: 'https://fake',
    remedy: 'Check fake.url.',
    question,
    cache: readCacheOptions('cache', cache),
    ask,
    judge(answer: JsonObject): Verdict {
      if (member(answer, 'good') === undefined) return unclear('garbage');
      return member(answer, 'good') === true ? known(answer) : refused('not good');
    },
    identify: () => ({ id: 'ana', issuer: 'https://fake' }),
  };
  const server = new RemoteServer(profile, { unavailable: () => {}, recovered: () => {} });
  return { ask, server, answers: new RemoteAnswers(profile, server) };
}

const good = known({ good: true });
const tokenInvalid = { code: 'token_invalid', reason: 'no such token' };
const pass = (seconds: number) => jest.setSystemTime(Date.now() + seconds * 1000);
const written = () => new Promise((resolve) => setImmediate(resolve));

describe('answers about a token', () => {
  it('are asked for once, however many wait', async () => {
    const { ask, answers } = asking(good);
    const found = await Promise.all(Array.from({ length: 1000 }, () => answers.find('t')));
    expect(new Set(found)).toEqual(new Set([{ answer: { good: true }, askedAt: NOW }]));
    expect(ask).toHaveBeenCalledTimes(1);
    await answers.find('t');
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('show how long the server takes only if they accept the token', async () => {
    const { answers, server } = asking(good);
    const asked = jest.spyOn(server, 'ask');
    await answers.find('t');
    const [, , isUsual] = asked.mock.calls[0] ?? [];
    const verdicts = [good, refused('no'), unclear('garbage')];
    expect(verdicts.map((verdict) => isUsual?.({ verdict, askedAt: NOW }))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each([
    [undefined, 'Check fake.url.'],
    ['Ask for JSON.', 'Ask for JSON.'],
  ])('that are unclear have their remedy, %j, or that of the provider', async (given, remedy) => {
    const { answers } = asking(unclear('garbage', given));
    const reason = 'fake: garbage';
    await expect(answers.find('t')).rejects.toMatchObject({ reason, remedy });
  });

  it('belong to the whole token', async () => {
    const { ask, answers } = asking(async (token) => known({ good: true, token }));
    const tokens = ['a.b.c', 'a.b.d', 'a.b', ''];
    const found = await Promise.all(tokens.map((token) => answers.find(token)));
    expect(found.map(({ answer }) => answer['token'])).toEqual(tokens);
    expect(ask).toHaveBeenCalledTimes(4);
  });
});

describe('a refusal', () => {
  it('is remembered for that token, for ten seconds', async () => {
    const { ask, answers } = asking(refused('no such token'));
    await expect(answers.find('t')).rejects.toMatchObject(tokenInvalid);
    pass(9.999);
    await expect(answers.find('t')).rejects.toMatchObject(tokenInvalid);
    expect(ask).toHaveBeenCalledTimes(1);
    await expect(answers.find('u')).rejects.toMatchObject(tokenInvalid);
    expect(ask).toHaveBeenCalledTimes(2);
    ask.mockResolvedValue(good);
    pass(0.001);
    expect(await answers.find('t')).toMatchObject({ answer: { good: true } });
  });

  it('keeps its code', async () => {
    const { answers } = asking(refused('over', 'token_expired'));
    for (const _ of ['fresh', 'remembered']) {
      await expect(answers.find('t')).rejects.toMatchObject({ code: 'token_expired' });
    }
  });

  it('is not remembered where the options say so', async () => {
    const { ask, answers } = asking(refused('no such token'), { negativeTtl: 0 });
    await expect(answers.find('t')).rejects.toMatchObject(tokenInvalid);
    await expect(answers.find('t')).rejects.toMatchObject(tokenInvalid);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('gives way to later ones, and is kept by no token in clear', async () => {
    const kept = jest.spyOn(LRUCache.prototype, 'set');
    const { ask, answers } = asking(refused('no such token'), { max: 2 });
    for (const token of ['secret-1', 'secret-2', 'secret-3', 'secret-1']) {
      await expect(answers.find(token)).rejects.toMatchObject(tokenInvalid);
    }
    expect(ask).toHaveBeenCalledTimes(4);
    expect(JSON.stringify(kept.mock.calls)).not.toContain('secret');
  });

  it('is never made of an outage, nor of an answer that is unclear', async () => {
    const failures: readonly Ask[] = [
      () => Promise.reject(new Error('status 500')),
      async () => ({ kind: 'unclear', reason: 'status 400' }),
    ];
    for (const failure of failures) {
      const { ask, answers } = asking(failure);
      await expect(answers.find('t')).rejects.toMatchObject({
        code: 'provider_unavailable',
        retryAfter: 5,
      });
      ask.mockResolvedValue(good);
      expect(await answers.find('t')).toMatchObject({ answer: { good: true } });
    }
  });

  it('of the server, about one token and however often, ends no question about others', async () => {
    const { ask, answers } = asking(async (token) => {
      if (token === 'evil') throw new Error('status 500');
      return good;
    });
    for (let index = 0; index < 20; index++) {
      await expect(answers.find('evil')).rejects.toMatchObject({ code: 'provider_unavailable' });
    }
    expect(await answers.find('t')).toMatchObject({ answer: { good: true } });
    expect(ask).toHaveBeenCalledTimes(21);
  });

  it('and an unclear answer do not open the circuit', async () => {
    for (const verdict of [refused('no'), { kind: 'unclear', reason: 'status 400' }] as const) {
      const { ask, answers } = asking(verdict);
      for (let index = 0; index < 20; index++) {
        await expect(answers.find(`t${index}`)).rejects.toThrow();
      }
      expect(ask).toHaveBeenCalledTimes(20);
    }
  });
});

describe('answers that processes share', () => {
  it('are asked for once by all of them, and filed under digests', async () => {
    const store = new Map<string, unknown>();
    const stores = [new Keyv({ store })];
    const one = asking(good, { stores });
    const other = asking(good, { stores });
    await one.answers.find('secret-token');
    await written();
    pass(59);
    const found = await other.answers.find('secret-token');
    expect(found).toEqual({ answer: { good: true }, askedAt: NOW });
    expect(other.ask).not.toHaveBeenCalled();
    expect([...store.keys()]).toEqual([
      expect.stringMatching(/^keyv:patronus:answers:[\da-f]{64}:[\da-f]{64}$/),
    ]);
    expect(JSON.stringify([...store])).not.toContain('secret-token');
  });

  it('are not refusals', async () => {
    const store = new Map<string, unknown>();
    const { answers } = asking(refused('no such token'), { stores: [new Keyv({ store })] });
    await expect(answers.find('t')).rejects.toMatchObject(tokenInvalid);
    await written();
    expect(store.size).toBe(0);
  });

  it('belong to the question', async () => {
    const stores = [new Keyv()];
    await asking(good, { stores }).answers.find('t');
    await written();
    const other = asking(refused('no such token'), { stores }, ['another url']);
    await expect(other.answers.find('t')).rejects.toMatchObject(tokenInvalid);
  });

  it('end when the ttl of who reads them has passed since they were asked for', async () => {
    const stores = [new Keyv()];
    await asking(good, { stores }).answers.find('t');
    await written();
    pass(10);
    const other = asking(good, { stores, ttl: 10 });
    expect(await other.answers.find('t')).toMatchObject({ askedAt: NOW + 10_000 });
    expect(other.ask).toHaveBeenCalledTimes(1);
  });

  it.each([{ good: false }, { other: true }])('count where they are good ones: %j', async (odd) => {
    const store = new Map<string, unknown>();
    const stores = [new Keyv({ store })];
    await asking(good, { stores }).answers.find('t');
    await written();
    const [key = ''] = store.keys();
    const own = new Keyv({ store });
    await own.set(key.replace('keyv:', ''), { answer: odd, askedAt: NOW });
    const other = asking(good, { stores });
    expect((await other.answers.find('t')).answer).toEqual({ good: true });
    expect(other.ask).toHaveBeenCalledTimes(1);
  });

  it('help through an outage', async () => {
    const stores = [new Keyv()];
    await asking(good, { stores }).answers.find('t');
    await written();
    const other = asking(() => Promise.reject(new Error('down')), { stores });
    expect(await other.answers.find('t')).toMatchObject({ askedAt: NOW });
    await expect(other.answers.find('u')).rejects.toMatchObject({ code: 'provider_unavailable' });
  });
});

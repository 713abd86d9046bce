import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CREDENTIAL, DPoPCaller, messageWith } from '../../../../../test/fixtures/dpop-caller.js';
import { DPoPVerifier } from './dpop-verifier.js';
import { InMemoryDPoPReplays } from './in-memory.dpop-replays.js';

const unavailable = expect.objectContaining({ code: 'provider_unavailable' });

describe('InMemoryDPoPReplays', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_000_000_000 }));
  afterEach(() => void jest.useRealTimers());

  it('knows a proof as long as it counts, and no longer', () => {
    const replays = new InMemoryDPoPReplays({ max: 1 });
    expect(replays.firstUse('a', 60, 'ana')).toBe(true);
    expect(replays.firstUse('a', 60, 'ana')).toBe(false);
    expect(replays.firstUse('a', 60, 'eve')).toBe(false);
    jest.advanceTimersByTime(59_999);
    expect(replays.firstUse('a', 60, 'ana')).toBe(false);
    jest.advanceTimersByTime(1);
    expect(replays.firstUse('b', 60, 'ana')).toBe(true);
  });

  it('refuses where it is full, rather than forget a proof that counts', () => {
    const replays = new InMemoryDPoPReplays({ max: 2, maxPerHolder: 2 });
    replays.firstUse('a', 60, 'ana');
    replays.firstUse('b', 60, 'bea');
    expect(() => replays.firstUse('c', 60, 'cleo')).toThrow(unavailable);
    expect(replays.firstUse('a', 60, 'ana')).toBe(false);
    jest.advanceTimersByTime(60_000);
    expect(replays.firstUse('c', 60, 'cleo')).toBe(true);
  });

  it('gives nobody more than a share, so that a flood of one shuts out no other', () => {
    const replays = new InMemoryDPoPReplays({ max: 100 });
    for (let proof = 0; proof < 10; proof++) {
      expect(replays.firstUse(`eve-${proof}`, 60, 'eve')).toBe(true);
    }
    expect(() => replays.firstUse('eve-10', 60, 'eve')).toThrow(unavailable);
    expect(replays.firstUse('ana-0', 60, 'ana')).toBe(true);
    jest.advanceTimersByTime(60_000);
    for (let proof = 0; proof < 10; proof++) {
      expect(replays.firstUse(`eve-again-${proof}`, 60, 'eve')).toBe(true);
    }
    expect(() => replays.firstUse('eve-again-10', 60, 'eve')).toThrow(unavailable);
  });

  it('forgets what lies behind a longer-lived proof once that one is over', () => {
    const replays = new InMemoryDPoPReplays({ max: 2, maxPerHolder: 2 });
    replays.firstUse('long', 65, 'ana');
    replays.firstUse('short', 5, 'ana');
    jest.advanceTimersByTime(65_000);
    expect(replays.firstUse('c', 5, 'ana')).toBe(true);
    expect(replays.firstUse('d', 5, 'ana')).toBe(true);
  });

  it.each([{ max: 0 }, { max: 1.5 }, { maxPerHolder: -1 }])('refuses the bounds %j', (options) => {
    expect(() => new InMemoryDPoPReplays(options)).toThrow(
      expect.objectContaining({ name: 'PatronusConfigurationError' }),
    );
  });

  it('knows a proof of a fast clock as late as it can be presented', async () => {
    const ana = await DPoPCaller.create();
    const verifier = new DPoPVerifier({ leeway: 30 });
    const proof = ana.proof({ iat: 1_000_000 + 29 });
    const use = () => verifier.verify(ana.identity(), CREDENTIAL, messageWith(proof));
    await expect(use()).resolves.toBeUndefined();
    jest.advanceTimersByTime(88_000);
    await expect(use()).rejects.toThrow(expect.objectContaining({ reason: 'used before' }));
  });
});

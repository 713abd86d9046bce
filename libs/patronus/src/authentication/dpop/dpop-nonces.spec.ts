import { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RequestScope, runInScope } from '../../identity/request-scope.js';
import { CREDENTIAL, DPoPCaller, messageWith } from '../../../../../test/fixtures/dpop-caller.js';
import { DPoPNonces } from './dpop-nonces.js';
import { DPoPVerifier } from './dpop-verifier.js';
import { InMemoryDPoPReplays } from './in-memory.dpop-replays.js';

const secret = 'a secret that is long enough for it';

describe('DPoPNonces', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_000_000_000 }));
  afterEach(() => void jest.useRealTimers());

  it('accepts the current nonce and the one before it, and no older one', () => {
    const nonces = new DPoPNonces({ secret, lifetime: 100 });
    const first = nonces.current();
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(nonces.check(first)).toEqual({
      isCurrent: true,
      currentUntil: 1_000_100,
      acceptedUntil: 1_000_200,
    });
    jest.advanceTimersByTime(100_000);
    expect(nonces.current()).not.toBe(first);
    expect(nonces.check(first)).toEqual({
      isCurrent: false,
      currentUntil: 1_000_100,
      acceptedUntil: 1_000_200,
    });
    jest.advanceTimersByTime(100_000);
    expect(nonces.check(first)).toBeUndefined();
  });

  it('is the same in every instance that has the secret, and in no other', () => {
    const current = new DPoPNonces({ secret }).current();
    expect(new DPoPNonces({ secret: Buffer.from(secret) }).check(current)?.isCurrent).toBe(true);
    expect(new DPoPNonces({ secret: secret.toUpperCase() }).check(current)).toBeUndefined();
    expect(new DPoPNonces({ secret }).check('')).toBeUndefined();
  });
});

describe('a verifier with nonces', () => {
  it('asks for one, hands it out, and takes it', async () => {
    const ana = await DPoPCaller.create();
    const verifier = new DPoPVerifier({ nonces: { secret } });
    const verify = (nonce?: unknown) =>
      verifier.verify(ana.identity(), CREDENTIAL, messageWith(ana.proof({ nonce })));
    const nonce = new DPoPNonces({ secret }).current();
    const required = expect.objectContaining({
      code: 'dpop_nonce_required',
      headers: { 'DPoP-Nonce': nonce, 'Cache-Control': 'no-store' },
    });
    await expect(verify()).rejects.toThrow(required);
    await expect(verify('guessed')).rejects.toThrow(required);
    await expect(verify(7)).rejects.toThrow(
      expect.objectContaining({ code: 'dpop_proof_invalid' }),
    );
    await expect(verify(nonce)).resolves.toBeUndefined();
  });

  it('takes the current nonce for the time of a proof, whatever its iat', async () => {
    const ana = await DPoPCaller.create();
    const firstUse = jest.fn((_key: string, _ttl: number) => true);
    const replays = Object.assign(new InMemoryDPoPReplays(), { firstUse });
    const verifier = new DPoPVerifier({ nonces: { secret, lifetime: 100 }, replays });
    const now = 1_000_000_000;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now - 1);
    const old = new DPoPNonces({ secret, lifetime: 100 }).current();
    clock.mockReturnValue(now + 10_000);
    const nonce = new DPoPNonces({ secret, lifetime: 100 }).current();
    const verify = (claims: object) =>
      verifier.verify(ana.identity(), CREDENTIAL, messageWith(ana.proof({ ...claims })));
    const second = now / 1000 + 10;
    // Until the nonce is no longer the current one, or as long as the iat and the nonce both count.
    for (const [iat, ttl] of [
      [second - 86_400, 90 + 15],
      [second + 86_400, 190 + 15],
      [second + 40, 100 + 15],
      [second, 90 + 15],
    ]) {
      await expect(verify({ iat, nonce })).resolves.toBeUndefined();
      expect(firstUse.mock.calls.at(-1)?.[1]).toBe(ttl);
    }
    const required = expect.objectContaining({
      code: 'dpop_nonce_required',
      headers: expect.objectContaining({ 'DPoP-Nonce': nonce }),
    });
    for (const iat of [second - 86_400, second + 86_400]) {
      await expect(verify({ iat, nonce: old })).rejects.toThrow(required);
      await expect(verify({ iat })).rejects.toThrow(required);
    }
    await expect(verify({ iat: second, nonce: old })).resolves.toBeUndefined();
    expect(firstUse.mock.calls.at(-1)?.[1]).toBe(60 + 15);
    clock.mockRestore();
  });

  it('refuses the second use of a proof whose clock is wrong', async () => {
    const ana = await DPoPCaller.create();
    const verifier = new DPoPVerifier({ nonces: { secret } });
    const nonce = new DPoPNonces({ secret }).current();
    const proof = ana.proof({ iat: 5, nonce });
    const use = () => verifier.verify(ana.identity(), CREDENTIAL, messageWith(proof));
    await expect(use()).resolves.toBeUndefined();
    await expect(use()).rejects.toThrow(expect.objectContaining({ reason: 'used before' }));
  });

  it('sends the next nonce ahead to whom the old one served, and to nobody else', async () => {
    const ana = await DPoPCaller.create();
    const verifier = new DPoPVerifier({ nonces: { secret, lifetime: 100 } });
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    const old = new DPoPNonces({ secret, lifetime: 100 }).current();
    clock.mockReturnValue(now + 100_000);
    const next = new DPoPNonces({ secret, lifetime: 100 }).current();
    expect(next).not.toBe(old);
    expect(await nonceAfter(verifier, ana, old)).toBe(next);
    expect(await nonceAfter(verifier, ana, next)).toBeUndefined();
    clock.mockRestore();
  });
});

/** Returns the `DPoP-Nonce` of the answer to a valid proof. */
async function nonceAfter(verifier: DPoPVerifier, caller: DPoPCaller, nonce: string) {
  const message = messageWith(caller.proof({ nonce }));
  const response = new ServerResponse(message);
  const scope = new RequestScope(response, () => Promise.reject(new Error('not asked')));
  const verified = new Promise<void>((resolve, reject) => {
    runInScope(scope, () => {
      verifier.verify(caller.identity(), CREDENTIAL, message).then(resolve, reject);
    });
  });
  await verified;
  return response.getHeader('DPoP-Nonce');
}

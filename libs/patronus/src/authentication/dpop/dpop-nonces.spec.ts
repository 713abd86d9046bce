import { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RequestScope, runInScope } from '../../identity/request-scope.js';
import { CREDENTIAL, DPoPCaller, messageWith } from './dpop-caller.fixture.js';
import { DPoPNonces } from './dpop-nonces.js';
import { DPoPVerifier } from './dpop-verifier.js';

const secret = 'a secret that is long enough for it';

describe('DPoPNonces', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_000_000_000 }));
  afterEach(() => void jest.useRealTimers());

  it('accepts the current nonce and the one before it, and no older one', () => {
    const nonces = new DPoPNonces({ secret, lifetime: 100 });
    const first = nonces.current();
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(nonces.check(first)).toBe('current');
    jest.advanceTimersByTime(100_000);
    expect(nonces.current()).not.toBe(first);
    expect(nonces.check(first)).toBe('previous');
    jest.advanceTimersByTime(100_000);
    expect(nonces.check(first)).toBe('unknown');
  });

  it('is the same in every instance that has the secret, and in no other', () => {
    const current = new DPoPNonces({ secret }).current();
    expect(new DPoPNonces({ secret: Buffer.from(secret) }).check(current)).toBe('current');
    expect(new DPoPNonces({ secret: secret.toUpperCase() }).check(current)).toBe('unknown');
    expect(new DPoPNonces({ secret }).check('')).toBe('unknown');
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

/** The `DPoP-Nonce` of the answer to a good proof. */
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

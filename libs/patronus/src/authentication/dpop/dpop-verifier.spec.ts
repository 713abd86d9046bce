import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PresentedCredential } from '../presented-credential.js';
import { CREDENTIAL, DPoPCaller, messageWith } from '../../../../../test/fixtures/dpop-caller.js';
import { DPoPReplays } from './dpop-replays.js';
import { DPoPVerifier } from './dpop-verifier.js';
import { InMemoryDPoPReplays } from './in-memory.dpop-replays.js';
import type { DPoPOptions } from './dpop.options.js';

let ana: DPoPCaller;
let eve: DPoPCaller;
beforeAll(async () => {
  [ana, eve] = await Promise.all([DPoPCaller.create(), DPoPCaller.create()]);
});

function check(proof: string | undefined, options?: DPoPOptions, request = {}) {
  const verifier = new DPoPVerifier(options);
  return verifier.verify(ana.identity(), CREDENTIAL, messageWith(proof, request));
}

/** Creates replays that record every proof. */
function watchedReplays() {
  const firstUse = jest.fn((_key: string, _ttl: number, _holder: string) => true);
  class Watched extends DPoPReplays {
    override firstUse = firstUse;
  }
  const ttl = (): number => firstUse.mock.calls.at(-1)?.[1] ?? Number.NaN;
  return { firstUse, ttl, replays: new Watched() };
}

const code = (name: string) => expect.objectContaining({ code: name });

describe('DPoPVerifier', () => {
  it.each(['ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'] as const)(
    'accepts a proof that is signed with %s, once',
    async (algorithm) => {
      const caller = await DPoPCaller.create(algorithm);
      const verifier = new DPoPVerifier(undefined);
      const proof = caller.proof();
      const use = () => verifier.verify(caller.identity(), CREDENTIAL, messageWith(proof));
      await expect(use()).resolves.toBeUndefined();
      await expect(use()).rejects.toThrow(
        expect.objectContaining({ code: 'dpop_proof_invalid', reason: 'used before' }),
      );
      await expect(
        verifier.verify(caller.identity(), CREDENTIAL, messageWith(caller.proof())),
      ).resolves.toBeUndefined();
    },
  );

  it('verifies a request once, however many guards ask', async () => {
    const verifier = new DPoPVerifier(undefined);
    const message = messageWith(ana.proof());
    await verifier.verify(ana.identity(), CREDENTIAL, message);
    await expect(verifier.verify(ana.identity(), CREDENTIAL, message)).resolves.toBeUndefined();
    const other = { ...CREDENTIAL, token: 'another' };
    await expect(verifier.verify(ana.identity(), other, message)).rejects.toThrow(
      code('dpop_proof_invalid'),
    );
  });

  it('verifies a request once where several fields of it ask at the same time', async () => {
    const verifier = new DPoPVerifier(undefined);
    const message = messageWith(ana.proof());
    const use = (token = CREDENTIAL.token) =>
      verifier.verify(ana.identity(), { ...CREDENTIAL, token }, message);
    await expect(Promise.all([use(), use()])).resolves.toEqual([undefined, undefined]);
    await expect(Promise.all([use(), use('another')])).rejects.toThrow(code('dpop_proof_invalid'));
  });

  it('forgets a check that failed', async () => {
    const firstUse = jest.fn<DPoPReplays['firstUse']>().mockReturnValueOnce(false);
    const replays = Object.assign(new InMemoryDPoPReplays(), { firstUse });
    const verifier = new DPoPVerifier({ replays });
    const message = messageWith(ana.proof());
    const use = () => verifier.verify(ana.identity(), CREDENTIAL, message);
    await expect(use()).rejects.toThrow(code('dpop_proof_invalid'));
    firstUse.mockReturnValue(true);
    await expect(use()).resolves.toBeUndefined();
    expect(firstUse).toHaveBeenCalledTimes(2);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another method', { htm: 'POST' }],
    ['another case of the method', { htm: 'get' }],
    ['another path', { htu: 'http://api.example/note' }],
    ['another host', { htu: 'http://evil.example/notes' }],
    ['another scheme', { htu: 'https://api.example/notes' }],
    ['another port', { htu: 'http://api.example:8080/notes' }],
    ['no URL', { htu: '/notes' }],
    ['another token', { ath: 'A'.repeat(43) }],
    ['a token that it does not name', { ath: undefined }],
    ['a time that is 61 seconds ago', { iat: Date.now() / 1000 - 61 }],
    ['a time that is long ago', { iat: 0 }],
    ['a time in the future', { iat: Date.now() / 1000 + 30 }],
    ['a time in text', { iat: String(Math.floor(Date.now() / 1000)) }],
    ['no time', { iat: undefined }],
    ['no method', { htm: undefined }],
    ['no place', { htu: undefined }],
    ['a list of places', { htu: ['http://api.example/notes'] }],
    ['no id', { jti: undefined }],
    ['an empty id', { jti: '' }],
    ['a very long id', { jti: 'j'.repeat(257) }],
    ['a number as id', { jti: 7 }],
    ['a time that it says is over', { exp: 1 }],
    ['a time that it says is to come', { nbf: Date.now() / 1000 + 60 }],
  ])('refuses a proof made for %s', async (_what, claims) => {
    await expect(check(ana.proof(claims))).rejects.toThrow(code('dpop_proof_invalid'));
  });

  it('refuses a request that has no URL, whatever the proof names', async () => {
    for (const url of ['*', '', '/a/../notes']) {
      const proof = ana.proof({ htu: `http://api.example${url}` });
      await expect(check(proof, undefined, { url })).rejects.toThrow(code('dpop_proof_invalid'));
    }
  });

  it('refuses a time that no number can hold', async () => {
    for (const iat of ['1e999', '-1e999']) {
      const claims = JSON.stringify(ana.claims({ iat: 0 })).replace('"iat":0', `"iat":${iat}`);
      const proof = ana.sign(JSON.stringify(ana.header()), claims);
      await expect(check(proof)).rejects.toThrow(code('dpop_proof_invalid'));
    }
  });

  it('accepts what is inside of every bound, to the last second', async () => {
    const now = Date.now() / 1000;
    for (const claims of [{ iat: now - 58 }, { iat: now + 14 }, { jti: 'j'.repeat(256) }]) {
      await expect(check(ana.proof(claims))).resolves.toBeUndefined();
    }
    await expect(check(ana.proof({ iat: now - 9 }), { maxAge: 10 })).resolves.toBeUndefined();
    await expect(check(ana.proof({ iat: now + 55 }), { leeway: 60 })).resolves.toBeUndefined();
    for (const [iat, leeway] of [
      [now + 16, undefined],
      [now + 62, 60],
      [now + 2, 0],
    ] as const) {
      await expect(check(ana.proof({ iat }), { leeway })).rejects.toThrow(
        expect.objectContaining({ reason: 'made in the future' }),
      );
    }
    await expect(check(ana.proof({ iat: now - 12 }), { maxAge: 10 })).rejects.toThrow(
      code('dpop_proof_invalid'),
    );
  });

  it('refuses a proof of another key, even of one that is good', async () => {
    await expect(check(eve.proof())).rejects.toThrow(
      expect.objectContaining({ reason: 'not the key that the token is bound to' }),
    );
  });

  it('refuses a proof that names the key and was signed with another', async () => {
    const forged = eve.proof({}, { jwk: ana.jwk });
    await expect(check(forged)).rejects.toThrow(
      expect.objectContaining({ reason: 'not signed by its key' }),
    );
  });

  it('remembers a proof only after everything else was right', async () => {
    const replays = new InMemoryDPoPReplays({ max: 1 });
    const forged = eve.proof({}, { jwk: ana.jwk });
    for (let time = 0; time < 3; time++) {
      await expect(check(forged, { replays })).rejects.toThrow(code('dpop_proof_invalid'));
    }
    await expect(check(ana.proof(), { replays })).resolves.toBeUndefined();
  });

  it('has one winner of a hundred parallel uses', async () => {
    const verifier = new DPoPVerifier(undefined);
    const proof = ana.proof();
    const uses = Array.from({ length: 100 }, () =>
      verifier.verify(ana.identity(), CREDENTIAL, messageWith(proof)),
    );
    const outcomes = await Promise.allSettled(uses);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each([
    ['in the past', -20, {}, 60 - 20 + 15],
    ['in the future', 14, {}, 60 + 14 + 15],
    ['in the future, with a wide leeway', 100, { leeway: 120 }, 60 + 100 + 120],
    ['now, without a leeway', 0, { leeway: 0 }, 60 + 5],
  ])('remembers a proof that was made %s as long as it can be used', async (...row) => {
    const [, seconds, options, expected] = row;
    const { replays, ttl, firstUse } = watchedReplays();
    const iat = Math.floor(Date.now() / 1000) + seconds;
    await check(ana.proof({ iat }), { ...options, replays });
    const [key, , holder] = firstUse.mock.calls[0] ?? [];
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(Math.abs(ttl() - expected)).toBeLessThanOrEqual(1);
    expect(holder).toBe('["https://id.example","ana"]');
  });

  it.each<[string, () => boolean | Promise<boolean>]>([
    ['fails', () => Promise.reject(new Error('connect ECONNREFUSED'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['is silent', () => new Promise<boolean>(() => undefined)],
  ])('refuses with 503 where the store of proofs %s', async (_how, answer) => {
    class Broken extends DPoPReplays {
      override firstUse = answer;
    }
    await expect(check(ana.proof(), { replays: new Broken() })).rejects.toThrow(
      code('provider_unavailable'),
    );
  });

  it('refuses where the store says anything but true', async () => {
    class Vague extends DPoPReplays {
      override firstUse(): boolean {
        return JSON.parse('"yes"');
      }
    }
    await expect(check(ana.proof(), { replays: new Vague() })).rejects.toThrow(
      code('dpop_proof_invalid'),
    );
  });
});

describe('a bound token', () => {
  const verify = (confirmation: object | undefined, via: PresentedCredential['via'] = 'dpop') =>
    new DPoPVerifier(undefined).verify(
      ana.identity({ confirmation: confirmation && { ...confirmation } }),
      { ...CREDENTIAL, via },
      messageWith(ana.proof()),
    );

  it.each(['bearer', 'cookie', 'api-key'] as const)(
    'is refused as %s, with or without proof',
    async (via) => {
      await expect(verify({ jkt: ana.thumbprint }, via)).rejects.toThrow(
        code('dpop_proof_missing'),
      );
    },
  );

  it('is refused without a proof', async () => {
    await expect(check(undefined)).rejects.toThrow(code('dpop_proof_missing'));
  });

  it('is refused where it is bound to nothing that can be checked', async () => {
    const jkt = ana.thumbprint;
    for (const confirmation of [
      {},
      { 'x5t#S256': jkt },
      { jkt, 'x5t#S256': jkt },
      { jkt, jwk: ana.jwk },
      { jkt, kid: 'a' },
      { jkt, jku: 'https://id.example/keys' },
      { jkt, jwe: 'a.b.c.d.e' },
      { jkt, osc: {} },
      { 'kc-jkt-type': 'DPoP' },
      Object.create({ jkt }),
      { jkt: '' },
      { jkt: 7 },
      { jkt: `${jkt}=` },
      { jkt: [jkt] },
      { kid: 'a', jwk: ana.jwk },
    ]) {
      await expect(verify(confirmation)).rejects.toThrow(code('token_invalid'));
    }
    await expect(verify({ jkt })).resolves.toBeUndefined();
  });

  it('is accepted whatever else its cnf says that names no method (RFC 7800, section 3.1)', async () => {
    const jkt = ana.thumbprint;
    await expect(verify({ jkt, 'kc-jkt-type': 'DPoP' })).resolves.toBeUndefined();
    await expect(verify({ 'x-unknown': [1], jkt })).resolves.toBeUndefined();
  });

  it('is what the scheme DPoP needs', async () => {
    await expect(verify(undefined)).rejects.toThrow(code('dpop_proof_missing'));
  });

  it('concerns the verifier however it comes; another does where its issuer is named', () => {
    const verifier = new DPoPVerifier({ requiredFor: ['https://strict.example'] });
    const bearer = { ...CREDENTIAL, via: 'bearer' } as const;
    const unbound = ana.identity({ confirmation: undefined });
    const strict = ana.identity({ confirmation: undefined, issuer: 'https://strict.example' });
    expect(verifier.concerns(ana.identity(), bearer)).toBe(true);
    expect(verifier.concerns(ana.identity({ confirmation: {} }), bearer)).toBe(true);
    expect(verifier.concerns(unbound, CREDENTIAL)).toBe(true);
    expect(verifier.concerns(strict, bearer)).toBe(true);
    expect(verifier.concerns(unbound, bearer)).toBe(false);
  });
});

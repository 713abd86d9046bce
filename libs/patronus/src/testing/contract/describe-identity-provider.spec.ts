import { describe, expect, it } from '@jest/globals';
import { describeIdentityProvider, type ContractOptions } from './describe-identity-provider.js';
import { PROVIDER_CONTRACT } from './provider-contract.js';
import type { ProviderHarness } from './provider-harness.js';
import { harnessOf, SessionProvider } from '../../../../../test/fixtures/session-provider.js';

const harness: ProviderHarness = { start: async () => harnessOf(new SessionProvider()) };

describeIdentityProvider('sessions', harness, { framework: { describe, it } });

/** Registers the suite with a framework that only records its calls. */
function registered(options: Omit<ContractOptions, 'framework'> = {}, subject = harness) {
  const tests = new Map<string, () => Promise<void>>();
  const suites: string[] = [];
  const framework = {
    describe(name: string, body: () => void) {
      suites.push(name);
      body();
    },
    it(name: string, body: () => Promise<void>) {
      tests.set(name, body);
    },
  };
  describeIdentityProvider('legacy', subject, { ...options, framework });
  return { suites, tests };
}

describe('describeIdentityProvider', () => {
  it('makes one suite with a test for each promise', () => {
    const { suites, tests } = registered();
    expect(suites).toEqual(['the contract of an identity provider: legacy']);
    expect([...tests.keys()]).toEqual(PROVIDER_CONTRACT.map(({ name }) => name));
  });

  it('leaves out what does not apply, and says why', async () => {
    const lacking: ProviderHarness = {
      start: async () => Object.assign(await harness.start(), { foreign: undefined }),
    };
    const name = 'refuses a credential that is good elsewhere';
    const without = registered({}, lacking).tests;
    await expect(without.get(name)?.()).rejects.toThrow('The harness lacks foreign()');
    const reason = 'a session has no audience';
    const told = registered({ notApplicable: { foreign: reason } }, lacking).tests;
    await expect(told.get(`${name} (not applicable: ${reason})`)?.()).resolves.toBeUndefined();
  });

  it('tries each promise on a provider of its own, and stops it, whatever happens', async () => {
    let [started, stopped] = [0, 0];
    const counting: ProviderHarness = {
      async start() {
        started += 1;
        const subject = harnessOf(new SessionProvider());
        return { ...subject, expected: { id: 'eve' }, stop: () => void (stopped += 1) };
      },
    };
    const { tests } = registered({}, counting);
    const outcomes = await Promise.allSettled([...tests.values()].map((test) => test()));
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
    expect([started, stopped]).toEqual([tests.size, tests.size]);
  });

  it.each<[string, object]>([
    ['framwork', { framwork: {} }],
    ['notApplicable.outages', { notApplicable: { outages: 'none' } }],
    ['notApplicable.good', { notApplicable: { good: 'none' } }],
    ['notApplicable.outage', { notApplicable: { outage: ' ' } }],
  ])('names the mistake in %s', (path, mistake) => {
    expect(() => describeIdentityProvider('legacy', harness, mistake)).toThrow(
      expect.objectContaining({ path }),
    );
  });

  it('uses the global describe and it, or says what to pass', () => {
    const globals = {
      describe: Reflect.get(globalThis, 'describe'),
      it: Reflect.get(globalThis, 'it'),
    };
    const names: string[] = [];
    try {
      Object.assign(globalThis, {
        describe: (_: string, body: () => void) => body(),
        it: (name: string) => names.push(name),
      });
      describeIdentityProvider('legacy', harness);
      expect(names).toHaveLength(PROVIDER_CONTRACT.length);
      Object.assign(globalThis, { describe: undefined });
      expect(() => describeIdentityProvider('legacy', harness)).toThrow(
        'framework: { describe, it }',
      );
    } finally {
      Object.assign(globalThis, globals);
    }
  });
});

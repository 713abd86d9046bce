import { describe, expect, it } from '@jest/globals';
import { FAULTY_ANSWERS } from '../../../../../test/fixtures/faulty-answers.js';
import { FAULTY_OUTAGES } from '../../../../../test/fixtures/faulty-outages.js';
import { PROVIDER_CONTRACT, tryCheck } from './provider-contract.js';
import type { ProviderUnderTest } from './provider-harness.js';
import { harnessOf, SessionProvider } from '../../../../../test/fixtures/session-provider.js';

/** Timeout of one answer: the fixtures leave some requests unanswered for ever. */
const DEADLINE = 1000;

type Faults = ReadonlyMap<string, string>;

/** Returns the message of each failing check, by its name. */
async function faultsOf(start: () => ProviderUnderTest): Promise<Faults> {
  const faults = new Map<string, string>();
  const trials = PROVIDER_CONTRACT.map(async (check) => {
    const trial = tryCheck(check, { start: async () => start() }, DEADLINE);
    await trial.catch((error: unknown) => faults.set(check.name, String(error)));
  });
  await Promise.all(trials);
  return faults;
}

const faultsIn = (Provider: new () => SessionProvider) => faultsOf(() => harnessOf(new Provider()));

describe('the contract of identity providers', () => {
  const noticed = new Set<string>();

  it('finds nothing wrong with a provider that keeps it', async () => {
    expect([...(await faultsIn(SessionProvider))]).toEqual([]);
  });

  it.each([...FAULTY_ANSWERS, ...FAULTY_OUTAGES])(
    'notices a provider that %s',
    async (_fault, name, says, Provider) => {
      const faults = await faultsIn(Provider);
      for (const check of faults.keys()) noticed.add(check);
      const found = [...faults].find(([check]) => check.includes(name));
      expect(found?.[1]).toMatch(says);
    },
    20_000,
  );

  it('has no check that no faulty provider fails', () => {
    const names = PROVIDER_CONTRACT.map(({ name }) => name);
    expect(names.filter((name) => !noticed.has(name))).toEqual([]);
  });

  it.each(['other', 'expired', 'forged', 'foreign', 'outage', 'recover', 'calls'] as const)(
    'says where the harness lacks %s(), and how to leave it out',
    async (member) => {
      const lacking = () => ({ ...harnessOf(new SessionProvider()), [member]: undefined });
      const faults = await faultsOf(lacking);
      const needing = PROVIDER_CONTRACT.filter(({ needs }) => needs?.includes(member));
      expect([...faults.keys()].toSorted()).toEqual(needing.map(({ name }) => name).toSorted());
      for (const fault of faults.values()) {
        expect(fault).toMatch(`The harness lacks ${member}(): start() must return`);
        expect(fault).toContain(`notApplicable.${member}`);
      }
    },
  );

  it.each([
    ['provider', undefined, 'The harness lacks provider: '],
    ['provider', { name: 'no provider' }, 'The provider is not an IdentityProvider'],
    ['good', undefined, 'The harness lacks good: '],
    ['expected', undefined, 'The harness lacks expected: '],
    ['expected', { roles: [] }, 'The harness lacks expected.id: '],
  ])('says with every check where the harness has a bad %s', async (member, value, says) => {
    const lacking = () => Object.assign(harnessOf(new SessionProvider()), { [member]: value });
    const faults = await faultsOf(lacking);
    expect(faults.size).toBe(PROVIDER_CONTRACT.length);
    for (const fault of faults.values()) expect(fault).toContain(says);
  });
});

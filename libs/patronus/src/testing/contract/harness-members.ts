import assert from 'node:assert/strict';
import { IdentityProvider } from '../../identity/identity-provider.js';
import type { ProviderUnderTest } from './provider-harness.js';

const REQUIRED = {
  provider: 'the provider, which extends IdentityProvider',
  good: 'a function that gives a good credential',
  expected: 'what the identity behind the good credential must say, id at least',
  stop: 'a function that ends what start() began',
} as const;

const OPTIONAL = {
  other: 'a function that gives a good credential of another caller',
  expired: 'a function that gives a credential that was good and has ended',
  forged: 'a function that gives a credential that nobody issued',
  foreign: 'a function that gives a credential of another issuer, or for another audience',
  outage: 'a function that makes the server behind the provider fail from now on',
  recover: 'a function that ends the outage',
  calls: 'a function that tells how often the server behind the provider was asked',
} as const;

/** Members of a harness that may be left out, if there is a reason to. */
export type OptionalMember = keyof typeof OPTIONAL;

export const OPTIONAL_MEMBERS: readonly string[] = Object.keys(OPTIONAL);

/**
 * Requires the members that every test needs.
 *
 * @throws {Error} if a member is missing that every test needs
 */
export function checkHarness(subject: ProviderUnderTest): void {
  for (const [name, what] of Object.entries(REQUIRED)) {
    const given: unknown = Reflect.get(subject, name);
    assert(given !== undefined, `The harness lacks ${name}: start() must give ${what}.`);
  }
  assert(
    subject.provider instanceof IdentityProvider,
    'The provider is not an IdentityProvider: extend that class.',
  );
  assert(
    typeof subject.expected.id === 'string',
    'The harness lacks expected.id: the id of the caller whom good() stands for.',
  );
}

/** Returns the failure of a check whose member of the harness is missing, with instructions. */
export function missing(name: OptionalMember): assert.AssertionError {
  return new assert.AssertionError({
    message: `The harness lacks ${name}(): start() must give ${OPTIONAL[name]}, or the option notApplicable.${name} says why there is none.`,
  });
}

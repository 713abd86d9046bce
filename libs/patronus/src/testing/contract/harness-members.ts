import assert from 'node:assert/strict';
import { IdentityProvider } from '../../identity/identity-provider.js';
import type { ProviderUnderTest } from './provider-harness.js';

const REQUIRED = {
  provider: 'the provider, which extends IdentityProvider',
  good: 'a function that returns a good credential',
  expected: 'the fields that the identity of the good credential must have, at least id',
  stop: 'a function that stops what start() has started',
} as const;

const OPTIONAL = {
  other: 'a function that returns a good credential of another caller',
  expired: 'a function that returns a credential that was good and has expired',
  forged: 'a function that returns a credential that was not issued',
  foreign: 'a function that returns a credential of another issuer, or for another audience',
  outage: 'a function that makes the server behind the provider fail from now on',
  recover: 'a function that ends the outage',
  calls: 'a function that returns the number of calls to the server behind the provider',
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
    assert(given !== undefined, `The harness lacks ${name}: start() must return ${what}.`);
  }
  assert(
    subject.provider instanceof IdentityProvider,
    'The provider is not an IdentityProvider: extend that class.',
  );
  assert(
    typeof subject.expected.id === 'string',
    'The harness lacks expected.id: the id of the caller of good().',
  );
}

/** Returns the failure of a check whose member of the harness is missing, with instructions. */
export function missing(name: OptionalMember): assert.AssertionError {
  return new assert.AssertionError({
    message: `The harness lacks ${name}(): start() must return ${OPTIONAL[name]}, or the option notApplicable.${name} must give the reason.`,
  });
}

import assert from 'node:assert/strict';
import type { ContractCheck } from './contract-check.js';
import { eventChecks } from './event.checks.js';
import { checkHarness } from './harness-members.js';
import { identityChecks } from './identity.checks.js';
import { outageChecks } from './outage.checks.js';
import type { ProviderHarness } from './provider-harness.js';
import { refusalChecks } from './refusal.checks.js';
import { Trial } from './trial.js';

/** All that an identity provider promises. */
export const PROVIDER_CONTRACT: readonly ContractCheck[] = [
  ...identityChecks,
  ...refusalChecks,
  ...outageChecks,
  ...eventChecks,
];

/**
 * Tries one promise, on a provider of its own.
 *
 * @param deadline - how long one answer may take, in milliseconds
 * @throws an error that says what is wrong with the provider, or missing in the harness
 */
export async function tryCheck(
  check: ContractCheck,
  harness: ProviderHarness,
  deadline: number,
): Promise<void> {
  assert(typeof harness.start === 'function', 'The harness lacks start().');
  const subject = await harness.start();
  try {
    checkHarness(subject);
    await check.run(new Trial(subject, deadline));
  } finally {
    await subject.stop();
  }
}

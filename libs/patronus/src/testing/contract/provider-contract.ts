import assert from 'node:assert/strict';
import type { ContractCheck } from './contract-check.js';
import { eventChecks } from './event.checks.js';
import { checkHarness } from './harness-members.js';
import { identityChecks } from './identity.checks.js';
import { outageChecks } from './outage.checks.js';
import type { ProviderHarness } from './provider-harness.js';
import { refusalChecks } from './refusal.checks.js';
import { Trial } from './trial.js';

/** Checks on every identity provider. */
export const PROVIDER_CONTRACT: readonly ContractCheck[] = [
  ...identityChecks,
  ...refusalChecks,
  ...outageChecks,
  ...eventChecks,
];

/**
 * Runs one check, on a provider of its own.
 *
 * @param deadline - the timeout of one answer, in milliseconds
 * @throws {Error} if the check fails; names the fault of the provider, or the missing member of the
 * harness
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

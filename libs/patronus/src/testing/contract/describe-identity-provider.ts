import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { OPTIONAL_MEMBERS, type OptionalMember } from './harness-members.js';
import { PROVIDER_CONTRACT, tryCheck } from './provider-contract.js';
import type { ProviderHarness } from './provider-harness.js';
import { globalFramework, type TestFramework } from './test-framework.js';

/** Timeout of one answer, in seconds. */
const DEADLINE = 15;

/** Timeouts that one test may use up: for several requests, an outage, a recovery. */
const DEADLINES_A_TEST = 8;

/** Options of {@link describeIdentityProvider}. */
export interface ContractOptions {
  /** Functions `describe` and `it`, if they are imported. By default the global ones. */
  readonly framework?: TestFramework;
  /** Members of the harness that do not apply to this provider, each with the reason. */
  readonly notApplicable?: Readonly<Partial<Record<OptionalMember, string>>>;
}

function checkOptions({ notApplicable = {}, ...options }: ContractOptions): void {
  checkMembers('', options, ['framework', 'notApplicable']);
  checkMembers('notApplicable', notApplicable, OPTIONAL_MEMBERS);
  for (const [name, reason] of Object.entries(notApplicable)) {
    if (typeof reason === 'string' && reason.trim() !== '') continue;
    throw new PatronusConfigurationError(`notApplicable.${name}`, 'gives no reason.', 'Write one.');
  }
}

/**
 * Tests the contract of every identity provider, as a suite for Jest, Vitest or `node:test`. A test
 * that fails names the fault of the provider, or the missing member of the harness.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * describeIdentityProvider('LegacySessions', {
 *   async start() {
 *     const server = await SessionServer.start();
 *     return {
 *       provider: new LegacySessions(server.url),
 *       good: () => ({ scheme: 'bearer', token: server.sessionOf('ana') }),
 *       expected: { id: 'ana', roles: ['doctor'] },
 *       expired: () => ({ scheme: 'bearer', token: server.endedSession() }),
 *       outage: () => server.pause(),
 *       recover: () => server.resume(),
 *       stop: () => server.stop(),
 *     };
 *   },
 * }, { notApplicable: { foreign: 'a session says nothing of an audience' } });
 */
export function describeIdentityProvider(
  name: string,
  harness: ProviderHarness,
  options: ContractOptions = {},
): void {
  checkOptions(options);
  const { framework = globalFramework(), notApplicable = {} } = options;
  framework.describe(`the contract of an identity provider: ${name}`, () => {
    for (const check of PROVIDER_CONTRACT) {
      const left = check.needs?.find((member) => notApplicable[member] !== undefined);
      const body = () =>
        left === undefined ? tryCheck(check, harness, DEADLINE * 1000) : Promise.resolve();
      const title =
        left === undefined ? check.name : `${check.name} (not applicable: ${notApplicable[left]})`;
      framework.it(title, body, DEADLINE * DEADLINES_A_TEST * 1000);
    }
  });
}

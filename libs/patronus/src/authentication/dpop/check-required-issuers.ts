import { Logger } from '@nestjs/common';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { IdentityProvider } from '../../identity/identity-provider.js';
import { declaresAllIssuers } from '../../identity/trusted-issuers.js';

/**
 * Checks that a provider owns each issuer of `dpop.requiredFor`. Tokens of a misspelt issuer would
 * need no proof. Logs a warning if the provider may have issuers that it does not declare.
 *
 * @throws {PatronusConfigurationError} if an issuer belongs to no provider, and all are declared
 */
export function checkRequiredIssuers(
  requiredFor: ReadonlySet<string>,
  provider: IdentityProvider,
): void {
  const unknown = [...requiredFor].filter((issuer) => !provider.issuers.includes(issuer));
  if (unknown.length === 0) return;
  const problem = `names ${unknown.join(', ')}, which no provider declares as its issuer.`;
  const known = provider.issuers.join(', ') || 'none';
  const remedy = `The declared issuers are: ${known}. List issuers exactly as in iss.`;
  if (declaresAllIssuers(provider)) {
    throw new PatronusConfigurationError('dpop.requiredFor', problem, remedy);
  }
  new Logger('Patronus').warn(`dpop.requiredFor: ${problem} ${remedy}`);
}

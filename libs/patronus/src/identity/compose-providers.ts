import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { IdentityProvider } from './identity-provider.js';
import { TrustedIssuers } from './trusted-issuers.js';

/**
 * Returns one provider for the option `identityProvider`.
 *
 * @throws {PatronusConfigurationError} if it is missing or not valid
 */
export function composeProviders(option: unknown): IdentityProvider {
  if (option instanceof IdentityProvider) return option;
  if (!Array.isArray(option)) throw noProvider('identityProvider', 'is missing.');
  if (option.length === 0) throw noProvider('identityProvider', 'is an empty list.');
  const providers = option.map((one: unknown, index) => {
    if (one instanceof IdentityProvider) return one;
    throw noProvider(`identityProvider[${index}]`, 'is not an IdentityProvider.');
  });
  return new TrustedIssuers(providers);
}

function noProvider(path: string, problem: string): PatronusConfigurationError {
  return new PatronusConfigurationError(
    path,
    problem,
    "Give one, such as gcip({ projectId: 'my-project' }) from '@patronus/nestjs/jwt', or a class that extends IdentityProvider.",
  );
}

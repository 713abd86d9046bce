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
  refuseFunction(option, 'identityProvider');
  if (!Array.isArray(option)) throw noProvider('identityProvider', 'is missing.');
  if (option.length === 0) throw noProvider('identityProvider', 'is an empty list.');
  const providers = Array.from(option, (one: unknown, index) => {
    if (one instanceof IdentityProvider) return one;
    refuseFunction(one, `identityProvider[${index}]`);
    throw noProvider(`identityProvider[${index}]`, 'is not an IdentityProvider.');
  });
  return new TrustedIssuers(providers);
}

/** @throws {PatronusConfigurationError} if a factory or a class is given in place of what it makes */
function refuseFunction(given: unknown, path: string): void {
  if (typeof given !== 'function') return;
  if (given.prototype instanceof IdentityProvider) {
    throw new PatronusConfigurationError(
      path,
      'is a class.',
      `Give { useClass: ${given.name} }, or an instance.`,
    );
  }
  const call = given.name === '' ? 'call it' : `call it, as ${given.name}({ … })`;
  throw new PatronusConfigurationError(path, `is a function: ${call}.`, 'Give what it returns.');
}

function noProvider(path: string, problem: string): PatronusConfigurationError {
  return new PatronusConfigurationError(
    path,
    problem,
    "Give one, such as gcip({ projectId: 'my-project' }) from '@patronus/nestjs/jwt', or a class that extends IdentityProvider.",
  );
}

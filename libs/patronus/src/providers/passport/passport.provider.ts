import type { RunnableStrategy } from '../../authentication/run-strategy.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { PassportIdentityProvider } from './passport.identity-provider.js';
import { readPassportOptions, type PassportOptions } from './passport.options.js';
import type { ToIdentity } from './to-identity.js';

/**
 * Makes an identity provider of any Passport strategy that reads a credential. The strategy runs by
 * itself. It is not registered with Passport, so two strategies may have the same name. It gets a
 * request that holds only the credential.
 *
 * @throws {PatronusConfigurationError} if the strategy, the mapping or an option is not valid
 * @example
 * passport(
 *   new BearerStrategy((token, done) => sessions.find(token).then((user) => done(null, user), done)),
 *   (user: Account) => ({ id: user.id, roles: user.roles }),
 * )
 */
export function passport(
  strategy: RunnableStrategy,
  toIdentity: ToIdentity,
  options: PassportOptions = {},
): PassportIdentityProvider {
  if (!canAuthenticate(strategy)) {
    throw new PatronusConfigurationError(
      'passport.strategy',
      'has no method authenticate.',
      'Give an instance of a Passport strategy: new BearerStrategy(…).',
    );
  }
  if (typeof toIdentity !== 'function') {
    throw new PatronusConfigurationError(
      'passport.toIdentity',
      'is not a function.',
      'Give (user) => ({ id: user.id }).',
    );
  }
  return new PassportIdentityProvider(strategy, toIdentity, readPassportOptions(options));
}

function canAuthenticate(strategy: unknown): boolean {
  return (
    typeof strategy === 'object' &&
    strategy !== null &&
    'authenticate' in strategy &&
    typeof strategy.authenticate === 'function'
  );
}

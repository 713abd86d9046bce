import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireText } from '../../errors/require-option.js';
import { requirePrefix } from './api-key-format.js';
import { ApiKeyIdentityProvider } from './api-key.identity-provider.js';
import type { ApiKeyStore } from './api-key.store.js';

/** Options of {@link apiKeys}. */
export interface ApiKeyOptions {
  /** Store of the keys. */
  readonly store: ApiKeyStore;
  /** Prefix of the keys of this application: `novah_live`. Default: `patronus`. */
  readonly prefix?: string | undefined;
  /** Value of `Identity.issuer`. Default: `api-key`. */
  readonly issuer?: string | undefined;
}

/**
 * Accepts API keys, in `Authorization: ApiKey …` or in `x-api-key`. Use it alone, or in a list
 * beside a provider of bearer tokens.
 *
 * A key that is revoked only in the store is accepted until `identityCache.ttl` has passed, for at
 * most five minutes. `Revocations.revoke({ token: record.id, issuer: 'api-key' })` ends it at once.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * identityProvider: [oidc({ issuer, audience }), apiKeys({ store, prefix: 'novah_live' })]
 */
export function apiKeys(options: ApiKeyOptions): ApiKeyIdentityProvider {
  checkMembers('apiKeys', options, ['store', 'prefix', 'issuer']);
  const { store, prefix, issuer = 'api-key' } = options;
  const given: unknown = store;
  if (typeof given !== 'object' || given === null || !('find' in given)) {
    throw new PatronusConfigurationError(
      'apiKeys.store',
      'is not a store of API keys.',
      'Give an object that extends ApiKeyStore.',
    );
  }
  return new ApiKeyIdentityProvider({
    store,
    prefix: requirePrefix('apiKeys.prefix', prefix),
    issuer: requireText('apiKeys.issuer', issuer, 'Give a text, or leave it out.'),
  });
}

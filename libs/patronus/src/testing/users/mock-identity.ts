import type { IdentityProvider } from '../../identity/identity-provider.js';
import { MockIdentityProvider, type MockIdentityOptions } from './mock.identity-provider.js';

/**
 * Identity provider for tests, which accepts the users that `asUser()` describes, without a key and
 * without the network. Everything behind it is the application's own: tenants, roles, permissions.
 *
 * Real tokens are refused, and so are those of another process.
 *
 * @throws {PatronusConfigurationError} if an option is not valid, or if `NODE_ENV` is `production`
 * @example
 * const module = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(IdentityProvider)
 *   .useValue(mockIdentity({ tenantClaim: 'empresa_id' }))
 *   .compile();
 */
export function mockIdentity(options: MockIdentityOptions = {}): IdentityProvider {
  return new MockIdentityProvider(options);
}

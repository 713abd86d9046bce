import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { PatronusError } from '../../errors/patronus.error.js';
import { requireText } from '../../errors/require-option.js';
import type { Credential } from '../../identity/credential.js';
import type { Identity } from '../../identity/identity.js';
import { IdentityProvider } from '../../identity/identity-provider.js';
import { unsealUser } from './process-seal.js';
import { identityOf, MOCK_PROVIDER } from './test-identity.js';

/** Options of {@link mockIdentity}. */
export interface MockIdentityOptions {
  /**
   * Claim of the application's `tenancy.claim`, if it has one: `empresa_id`. A user's `tenantId` is
   * then in that claim, too.
   */
  readonly tenantClaim?: string;
}

/** Accepts only the users that `asUser()` describes in this process. */
export class MockIdentityProvider extends IdentityProvider {
  override readonly name = MOCK_PROVIDER;
  readonly #tenantClaim: string | undefined;

  /**
   * Checks the options.
   *
   * @throws {PatronusConfigurationError} if an option is not valid, and in production
   */
  constructor(options: MockIdentityOptions = {}) {
    super();
    refuseProduction();
    checkMembers('mockIdentity', options, ['tenantClaim']);
    const { tenantClaim } = options;
    this.#tenantClaim =
      tenantClaim === undefined
        ? undefined
        : requireText('mockIdentity.tenantClaim', tenantClaim, 'Give the value of tenancy.claim.');
  }

  /**
   * Verifies the token of a user.
   *
   * @throws {PatronusError} `token_invalid`, `token_expired`
   */
  override async authenticate({ token }: Credential): Promise<Identity> {
    const user = unsealUser(token);
    if (user === undefined) {
      const reason = 'mock: not a token of asUser() in this process';
      throw new PatronusError('token_invalid', { reason });
    }
    const { claims, tenantId } = user;
    const tenant =
      this.#tenantClaim === undefined || tenantId === undefined
        ? {}
        : { [this.#tenantClaim]: tenantId };
    return identityOf({ ...claims, ...tenant }, tenantId);
  }
}

function refuseProduction(): void {
  if (process.env['NODE_ENV'] !== 'production') return;
  throw new PatronusConfigurationError(
    'mockIdentity',
    'is used while NODE_ENV is production.',
    'It is for tests: give the application its own identity provider.',
  );
}

import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { PatronusError } from '../../errors/patronus.error.js';
import { requireText } from '../../errors/require-option.js';
import { credentialFields, standardFields, textOf } from '../../identity/claim-mapping.js';
import type { Credential } from '../../identity/credential.js';
import { type Claims, Identity } from '../../identity/identity.js';
import { IdentityProvider } from '../../identity/identity-provider.js';
import { unsealUser } from './process-seal.js';

/** How long a user stays who they are unless `expiresAt` says otherwise, in seconds. */
const LIFETIME = 3600;
const ISSUER = 'https://mock-identity.invalid';

/** Options of {@link mockIdentity}. */
export interface MockIdentityOptions {
  /**
   * The application's `tenancy.claim`, where it has one: `empresa_id`. A user's `tenantId` then
   * stands in that claim, too.
   */
  readonly tenantClaim?: string;
}

/** Believes the users that `asUser()` describes in this process, and nothing else. */
export class MockIdentityProvider extends IdentityProvider {
  override readonly name = 'mock';
  readonly #tenantClaim: string | undefined;

  /** @throws {PatronusConfigurationError} where an option is wrong, and in production */
  constructor(options: MockIdentityOptions = {}) {
    super();
    refuseProduction();
    checkMembers('mockIdentity', options, ['tenantClaim']);
    const { tenantClaim } = options;
    this.#tenantClaim =
      tenantClaim === undefined
        ? undefined
        : requireText('mockIdentity.tenantClaim', tenantClaim, 'Give what tenancy.claim says.');
  }

  /** @throws {PatronusError} `token_invalid`, `token_expired` */
  override async authenticate({ token }: Credential): Promise<Identity> {
    const user = unsealUser(token);
    if (user === undefined) throw invalid('nothing that asUser() made in this process');
    const { claims, tenantId } = user;
    const tenant =
      this.#tenantClaim === undefined || tenantId === undefined
        ? {}
        : { [this.#tenantClaim]: tenantId };
    return this.#identityOf({ iss: ISSUER, ...claims, ...tenant }, tenantId);
  }

  #identityOf(claims: Claims, tenantId: string | undefined): Identity {
    const now = Math.floor(Date.now() / 1000);
    const { sub, iss, exp = now + LIFETIME } = claims;
    const id = textOf(sub);
    const issuer = textOf(iss);
    if (id === undefined || issuer === undefined) throw invalid('id or issuer is no text');
    if (typeof exp !== 'number') throw invalid('expiresAt is no number');
    if (exp <= now) throw new PatronusError('token_expired');
    return new Identity({
      ...standardFields(claims),
      ...credentialFields(claims),
      id,
      issuer,
      provider: this.name,
      tenantId,
      expiresAt: exp,
      claims,
    });
  }
}

function invalid(reason: string): PatronusError {
  return new PatronusError('token_invalid', { reason: `mock: ${reason}` });
}

function refuseProduction(): void {
  if (process.env['NODE_ENV'] !== 'production') return;
  throw new PatronusConfigurationError(
    'mockIdentity',
    'is used while NODE_ENV is production.',
    'It is for tests: give the application its own identity provider.',
  );
}

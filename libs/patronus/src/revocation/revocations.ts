import type { Identity } from '../identity/identity.js';
import { Reporting } from '../identity/reporting.js';
import type { Revocation } from './revocation.js';

/**
 * Which credentials count no more, though they have not expired. An abstract class: the type and the
 * injection token in one.
 *
 * @example
 * await this.revocations.revoke({ session: identity.sessionId });
 * await this.revocations.revoke({ user: 'ana', issuer: 'https://id.novah.example' });
 */
export abstract class Revocations extends Reporting<Revocation> {
  /**
   * Whether the credential behind an identity was revoked. Asked for every request, so it answers
   * from this process's memory: no network, no promise.
   *
   * @param tenantId the tenant of the identity, as the application tells its tenants apart
   * @throws {PatronusError} `provider_unavailable` where it cannot know
   */
  abstract isRevoked(identity: Identity, tenantId: string | undefined): boolean;

  /**
   * Revokes. Once it has resolved, this process refuses, and every other one does within a second.
   *
   * @throws {PatronusConfigurationError} where nothing is named
   * @throws {PatronusError} `provider_unavailable` where the word cannot be passed on
   */
  abstract revoke(revocation: Revocation): Promise<void>;

  /** Called once, at start. Must not fail where the store cannot be reached yet. */
  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Called once, at the end. */
  stop(): Promise<void> {
    return Promise.resolve();
  }
}

import type { Identity } from '../identity/identity.js';
import { Reporting } from '../identity/reporting.js';
import type { Revocation } from './revocation.js';

/**
 * Which credentials count no more, though they have not expired. An abstract class: the type and the
 * injection token in one. There is no way back: what is revoked stays so until it has expired.
 *
 * @example
 * await this.revocations.revoke({ user: user.id, issuer: user.issuer });
 * if (user.sessionId !== undefined) await this.revocations.revoke({ session: user.sessionId });
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
   * @throws {PatronusConfigurationError} where nothing is named, or something that is no id or time
   * @throws {PatronusError} `provider_unavailable` where the word cannot be passed on: revoke again
   */
  abstract revoke(revocation: Revocation): Promise<void>;

  /** Called once for each module, at start. Must not fail where the store cannot be reached yet. */
  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Called once for each module, at the end. */
  stop(): Promise<void> {
    return Promise.resolve();
  }
}

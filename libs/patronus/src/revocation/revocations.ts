import type { Identity } from '../identity/identity.js';
import { Reporting } from '../identity/reporting.js';
import type { Revocation } from './revocation.js';

/**
 * Store of credentials that are revoked before they expire. An abstract class: the type and the
 * injection token in one. A revocation cannot be undone: it stays in force until the credential has
 * expired.
 *
 * @example
 * await this.revocations.revoke({ user: user.id, issuer: user.issuer });
 * if (user.sessionId !== undefined) await this.revocations.revoke({ session: user.sessionId });
 */
export abstract class Revocations extends Reporting<Revocation> {
  /**
   * Returns true if the credential of an identity was revoked. Called for every request, so it
   * answers synchronously from this process's memory, without the network.
   *
   * @param tenantId the tenant of the identity, as the application determines tenants
   * @throws {PatronusError} `provider_unavailable` if it cannot be determined
   */
  abstract isRevoked(identity: Identity, tenantId: string | undefined): boolean;

  /**
   * Revokes credentials. Once it has resolved, this process refuses them, and every other one does
   * within a second.
   *
   * @throws {PatronusConfigurationError} if no member is given, or one is not an id or a time
   * @throws {PatronusError} `provider_unavailable` if the revocation cannot be distributed: revoke
   * again
   */
  abstract revoke(revocation: Revocation): Promise<void>;

  /**
   * Revokes many credentials, with fewer round trips than one call of {@link revoke} for each.
   *
   * @throws {PatronusError} `provider_unavailable` if some could not be distributed: revoke all again
   */
  async revokeAll(revocations: readonly Revocation[]): Promise<void> {
    await Promise.all(revocations.map((revocation) => this.revoke(revocation)));
  }

  /**
   * Returns true if this process knows that the same members are revoked: to revoke them again only
   * makes it last longer. Returns false if the store does not tell.
   */
  has(_revocation: Revocation): boolean {
    return false;
  }

  /** Called once for each module, at start. Must not fail if the store cannot be reached yet. */
  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Called once for each module, at shutdown. */
  stop(): Promise<void> {
    return Promise.resolve();
  }
}

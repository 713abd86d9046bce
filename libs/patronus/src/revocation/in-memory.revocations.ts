import type { Identity } from '../identity/identity.js';
import type { Revocation } from './revocation.js';
import { newEntry } from './revocation-entry.js';
import { RevocationIndex } from './revocation-index.js';
import { readRevocationOptions, type RevocationOptions } from './revocation.options.js';
import { Revocations } from './revocations.js';

/**
 * Keeps revocations in the memory of this process. Other processes do not receive them, and they
 * are lost when it ends. For applications with one process, and for tests.
 */
export class InMemoryRevocations extends Revocations {
  readonly #index: RevocationIndex;
  readonly #keepFor: number;

  /**
   * Checks the options.
   *
   * @throws {PatronusConfigurationError} if an option is not valid
   */
  constructor(options: RevocationOptions = {}) {
    super();
    const { keepFor, max } = readRevocationOptions(options);
    this.#index = new RevocationIndex(max);
    this.#keepFor = keepFor;
  }

  override isRevoked(identity: Identity, tenantId: string | undefined): boolean {
    return this.#index.isRevoked(identity, tenantId);
  }

  override has(revocation: Revocation): boolean {
    return this.#index.has(revocation);
  }

  override async revoke(revocation: Revocation): Promise<void> {
    const entry = newEntry(revocation, this.#keepFor);
    this.#index.add(entry);
    this.report(entry.revocation);
  }
}

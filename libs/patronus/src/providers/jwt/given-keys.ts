import { withinDeadline } from '../../identity/deadline.js';
import type { JwkSet } from './jwt.options.js';
import { KeySet } from './key-set.js';
import type { KeySource } from './key-source.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

/** As long as a fetch may take, in milliseconds. */
const PATIENCE = 5000;

/** Keys that the application has at hand, held to the same rules as those that are fetched. */
export class GivenKeys implements KeySource {
  constructor(private readonly give: () => JwkSet | Promise<JwkSet>) {}

  async read(allowed: readonly SignatureAlgorithm[]): Promise<KeySet> {
    const given = Promise.resolve(this.give());
    return KeySet.read(await withinDeadline(given, PATIENCE), 'What jwks gives', allowed);
  }

  forget(): void {
    // Nothing is remembered.
  }
}

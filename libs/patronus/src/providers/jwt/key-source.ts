import type { KeySet } from './key-set.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

/** Where the keys of one issuer come from. */
export interface KeySource {
  /** The keys of this moment. @throws where they cannot be had, or are no JWK Set */
  read(allowed: readonly SignatureAlgorithm[]): Promise<KeySet>;
  /** What was learned on the way to the keys led nowhere: it is learned anew next time. */
  forget(): void;
}

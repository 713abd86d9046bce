import type { OptionalMember } from './harness-members.js';
import type { Trial } from './trial.js';

/** Requirement on every identity provider. */
export interface ContractCheck {
  /** Completes "it …". */
  readonly name: string;
  /** Members of the harness that it needs. */
  readonly needs?: readonly OptionalMember[];
  /** @throws {Error} if the provider behaves differently; names its behaviour */
  run(trial: Trial): Promise<void>;
}

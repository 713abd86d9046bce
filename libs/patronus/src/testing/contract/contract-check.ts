import type { OptionalMember } from './harness-members.js';
import type { Trial } from './trial.js';

/** One promise that every identity provider keeps. */
export interface ContractCheck {
  /** Completes "it …". */
  readonly name: string;
  /** What the harness must have for it. */
  readonly needs?: readonly OptionalMember[];
  /** @throws an error that names what the provider does instead */
  run(trial: Trial): Promise<void>;
}

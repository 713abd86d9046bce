import { PlatformError } from '../../operation/http/errors.js';

/** What is known of the person whose password it is: none of it may be the password. */
export interface PasswordContext {
  readonly email?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly name?: string | null | undefined;
  /** Whether logins ask for more than the password: shorter ones will do. */
  readonly secondFactor?: boolean | undefined;
}

/** Stable, for programs. */
type PasswordReasonCode =
  | 'too_short'
  | 'too_long'
  | 'not_text'
  | 'common'
  | 'personal'
  | 'repeated'
  | 'sequential'
  | 'guessable';

/** Why a password is refused. */
export interface PasswordReason {
  readonly code: PasswordReasonCode;
  readonly message: string;
}

/** How long a password resists somebody who knows how people make them. */
export interface StrengthEstimate {
  /** 0: falls at once; 3: resists whoever stole the hashes for hours; 4: for longer. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** What is weakest about it. */
  readonly weakness: 'common' | 'personal' | 'repeated' | 'sequential' | 'guessable';
  readonly warning?: string;
  readonly suggestions: readonly string[];
  /** For an attacker who has the hash and tries 10,000 passwords a second: `3 hours`, `centuries`. */
  readonly crackTime: string;
}

/** Whether a password is taken, and why not. Safe to show to whoever typed it: it does not hold the password. */
export interface PasswordVerdict {
  readonly acceptable: boolean;
  readonly score: StrengthEstimate['score'];
  /** Empty where it is acceptable. */
  readonly reasons: readonly PasswordReason[];
  readonly warning?: string;
  readonly suggestions: readonly string[];
  readonly crackTime: string;
}

/** Characters of a password that stands alone. */
export const MINIMUM_LENGTH = 15;
/** Characters of a password beside a second factor. */
export const MINIMUM_LENGTH_WITH_SECOND_FACTOR = 8;

/** `password_rejected`, with the reasons as its details. */
export class PasswordRejectedError extends PlatformError {
  constructor(readonly verdict: PasswordVerdict) {
    super('password_rejected', { details: verdict });
    this.name = 'PasswordRejectedError';
  }
}

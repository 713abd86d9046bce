import { PlatformError } from '../../operation/http/errors.js';

/** Known facts about the owner of a password. A password must not consist of them. */
export interface PasswordContext {
  readonly email?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly name?: string | null | undefined;
  /** True if a login needs a second factor as well. A shorter password is then accepted. */
  readonly secondFactor?: boolean | undefined;
}

/** Stable: programs may depend on it. */
export type PasswordReasonCode =
  | 'too_short'
  | 'too_long'
  | 'not_text'
  | 'common'
  | 'personal'
  | 'repeated'
  | 'sequential'
  | 'guessable';

/** Suggestions in English, by the keys of zxcvbn. */
export const PASSWORD_SUGGESTIONS = {
  l33t: 'Replacing letters with look-alikes, such as "@" for "a", adds little.',
  reverseWords: 'Spelling words backwards adds little.',
  allUppercase: 'Writing everything in capitals adds little.',
  capitalization: 'A capital at the beginning adds little.',
  dates: 'Avoid dates and years that relate to you.',
  recentYears: 'Avoid recent years.',
  associatedYears: 'Avoid years that relate to you.',
  sequences: 'Avoid sequences.',
  repeated: 'Avoid repeated words and characters.',
  longerKeyboardPattern: 'Avoid patterns of keys.',
  anotherWord: 'Add more words that are less common.',
  useWords: 'Use several unrelated words.',
};

/** Stable: programs may depend on it. */
export type PasswordSuggestionCode = keyof typeof PASSWORD_SUGGESTIONS;

/** A reason for refusing a password. */
export interface PasswordReason {
  readonly code: PasswordReasonCode;
  readonly message: string;
}

/** The estimated resistance of a password against an attacker who knows how people choose them. */
export interface StrengthEstimate {
  /** 0: guessed at once; 3: resists an attacker who has the hash for hours; 4: for longer. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** The most important weakness. */
  readonly weakness: 'common' | 'personal' | 'repeated' | 'sequential' | 'guessable';
  readonly warning?: string;
  readonly suggestions: readonly string[];
  /** The codes of `suggestions`, in the same order. */
  readonly suggestionCodes: readonly PasswordSuggestionCode[];
  /** For an attacker who has the hash and tries 10,000 passwords a second: `3 hours`, `centuries`. */
  readonly crackTime: string;
}

/** The result of checking a password. It does not contain the password, so it can be shown. */
export interface PasswordVerdict {
  readonly acceptable: boolean;
  readonly score: StrengthEstimate['score'];
  /** Empty if the password is acceptable. */
  readonly reasons: readonly PasswordReason[];
  readonly warning?: string;
  readonly suggestions: readonly string[];
  /** The codes of `suggestions`, in the same order. */
  readonly suggestionCodes: readonly PasswordSuggestionCode[];
  readonly crackTime: string;
}

/** The minimum length of a password without a second factor, in characters. */
export const MIN_LENGTH = 15;
/** The minimum length of a password with a second factor, in characters. */
export const MIN_LENGTH_WITH_SECOND_FACTOR = 8;

/** `password_rejected`, with the reasons as its details. */
export class PasswordRejectedError extends PlatformError {
  constructor(readonly verdict: PasswordVerdict) {
    super('password_rejected', { details: verdict });
    this.name = 'PasswordRejectedError';
  }
}

import { Injectable } from '@nestjs/common';
import { isText, normalisePassword } from './argon2.js';
import { PasswordStrength } from './password-strength.js';
import {
  MIN_LENGTH,
  MIN_LENGTH_WITH_SECOND_FACTOR,
  type PasswordContext,
  type PasswordReason,
  type PasswordVerdict,
  type StrengthEstimate,
} from './password-verdict.js';

const SERVICE = 'patronus';
const MIN_WORD_LENGTH = 3;
const MAX_WORD_LENGTH = 64;
const MAX_WORDS = 40;

/** Lists the words that an attacker tries first: of the service, the address and the names. */
function personalWords({ email, username, name }: PasswordContext): string[] {
  const [local = '', domain = ''] = (email ?? '').split('@');
  const labels = domain.split('.').slice(0, -1);
  const whole = [SERVICE, email ?? '', local, domain, ...labels, username ?? '', name ?? ''];
  const parts = [local, username ?? '', name ?? ''].flatMap((text) =>
    text.split(/[^\p{L}\p{N}]+/u),
  );
  const words = [...whole, ...parts].flatMap((word) => [word.normalize('NFC'), withoutMarks(word)]);
  const usable = words.filter(
    ({ length }) => length >= MIN_WORD_LENGTH && length <= MAX_WORD_LENGTH,
  );
  return [...new Set(usable)].slice(0, MAX_WORDS);
}

/** Removes accents, as people do who type `jose` for `josé`. */
function withoutMarks(word: string): string {
  return word.normalize('NFD').replaceAll(/\p{M}/gu, '');
}

const MAX_LENGTH = 1024;

/** Characters that Unicode has not assigned yet. Their normal form may change (UAX 15, section 12.1). */
const UNASSIGNED = /\p{Unassigned}/u;

const WEAKNESSES: Readonly<Record<StrengthEstimate['weakness'], string>> = {
  common: 'This is a common password, or close to one.',
  personal: 'This is too close to your name, your address or the name of this service.',
  repeated: 'This mostly repeats itself.',
  sequential: 'This is mostly a sequence, or a row of keys.',
  guessable: 'This is easy to guess.',
};

/**
 * The policy for new passwords, after NIST SP 800-63B-4, section 3.1.1.2. A password has at least 15
 * characters, or 8 with a second factor, and at most 1,024, of any kind. Common and expected passwords and
 * their trivial variations are refused. A random password of these lengths is accepted: digits, capitals
 * and signs are not required.
 */
@Injectable()
export class PasswordPolicy {
  constructor(private readonly strength: PasswordStrength) {}

  /** Checks a new password. Do not use it for the password of a login. */
  check(password: string, context: PasswordContext = {}): PasswordVerdict {
    const text = normalisePassword(password);
    const estimate = this.strength.estimate(text, personalWords(context));
    const { score, suggestions, suggestionCodes, crackTime, warning } = estimate;
    const secondFactor = context.secondFactor === true;
    const reasons = [
      ...formReasons(text, secondFactor),
      ...weaknessReasons(estimate, secondFactor),
    ];
    return {
      acceptable: reasons.length === 0,
      score,
      reasons,
      ...(warning !== undefined && { warning }),
      suggestions: reasons.length === 0 ? [] : suggestions,
      suggestionCodes: reasons.length === 0 ? [] : suggestionCodes,
      crackTime,
    };
  }
}

function formReasons(text: string, secondFactor: boolean): PasswordReason[] {
  if (!isText(text) || UNASSIGNED.test(text)) {
    return [{ code: 'not_text', message: 'It contains a character that is not supported.' }];
  }
  const shortest = secondFactor ? MIN_LENGTH_WITH_SECOND_FACTOR : MIN_LENGTH;
  const { length } = Array.from(text);
  if (length < shortest) {
    return [{ code: 'too_short', message: `Use at least ${shortest} characters.` }];
  }
  if (length > MAX_LENGTH) {
    return [{ code: 'too_long', message: `Use at most ${MAX_LENGTH} characters.` }];
  }
  return [];
}

/** Requires 10^8 guesses for a password alone, and 10^6 with a second factor. */
function weaknessReasons(
  { score, weakness }: StrengthEstimate,
  secondFactor: boolean,
): PasswordReason[] {
  if (score >= (secondFactor ? 2 : 3)) return [];
  return [{ code: weakness, message: WEAKNESSES[weakness] }];
}

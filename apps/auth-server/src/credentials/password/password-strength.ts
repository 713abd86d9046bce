import { Injectable } from '@nestjs/common';
import { type MatchExtended, ZxcvbnFactory, type ZxcvbnResult } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import {
  PASSWORD_SUGGESTIONS,
  type PasswordSuggestionCode,
  type StrengthEstimate,
} from './password-verdict.js';

/** The guesses per second of an attacker who stole a slow hash. */
const GUESSES_PER_SECOND = 10_000;

const UNITS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 31],
  ['month', 12],
  ['year', 100],
] as const;

/** Describes the time that guesses take: `less than a second`, `3 hours`, `centuries`. */
export function crackTime(guesses: number): string {
  let amount = guesses / GUESSES_PER_SECOND;
  if (amount < 1) return 'less than a second';
  for (const [unit, size] of UNITS) {
    const rounded = Math.round(amount);
    if (rounded < size) return rounded === 1 ? `1 ${unit}` : `${rounded} ${unit}s`;
    amount /= size;
  }
  return 'centuries';
}

/** Warnings by the keys of zxcvbn. */
const WARNINGS: Readonly<Record<string, string>> = {
  straightRow: 'Rows of keys are easy to guess.',
  keyPattern: 'Short patterns of keys are easy to guess.',
  simpleRepeat: 'Repeated characters such as "aaa" are easy to guess.',
  extendedRepeat: 'Repeated patterns such as "abcabc" are easy to guess.',
  sequences: 'Sequences such as "abc" or "6543" are easy to guess.',
  recentYears: 'Recent years are easy to guess.',
  dates: 'Dates are easy to guess.',
  topTen: 'This is one of the ten most used passwords.',
  topHundred: 'This is one of the hundred most used passwords.',
  common: 'This is a common password.',
  similarToCommon: 'This is close to a common password.',
  wordByItself: 'A single word is easy to guess.',
  namesByThemselves: 'A name by itself is easy to guess.',
  commonNames: 'Common names are easy to guess.',
  userInputs: 'It contains your name, your address or the name of this service.',
};

const isSuggestion = (key: string): key is PasswordSuggestionCode =>
  Object.hasOwn(PASSWORD_SUGGESTIONS, key);

/** The number of UTF-16 units at each end of a password that are estimated. */
const WINDOW = 40;
const DICEWARE = 'diceware-common';

const WEAKNESS_OF_PATTERN: Readonly<Record<string, StrengthEstimate['weakness']>> = {
  dictionary: 'common',
  repeat: 'repeated',
  sequence: 'sequential',
  spatial: 'sequential',
};

/**
 * Estimates the number of guesses that find a password, with zxcvbn: 49,000 common and breached passwords, their
 * variations (capitals, look-alikes, backwards), the account's own words, rows of keys, sequences,
 * repetitions and dates.
 *
 * A password is at least as hard to guess as any part of it. To limit the cost, only its first 40 characters
 * are estimated, and its last 40 if the first are weak.
 */
@Injectable()
export class PasswordStrength {
  private readonly zxcvbn = new ZxcvbnFactory({
    dictionary,
    graphs: adjacencyGraphs,
    maxLength: WINDOW,
    l33tMaxSubstitutions: 20,
  });

  /** @param personal words that an attacker of this account tries first */
  estimate(password: string, personal: readonly string[]): StrengthEstimate {
    const head = this.look(password.slice(0, WINDOW), personal);
    if (head.score > 2 || password.length <= WINDOW) return head;
    const tail = this.look(password.slice(-WINDOW), personal);
    return tail.score > head.score ? tail : head;
  }

  private look(part: string, personal: readonly string[]): StrengthEstimate {
    const { sequence, feedback } = this.zxcvbn.check(part, [...personal]);
    const guesses = sequence.map(guessesOf).reduce((product, factor) => product * factor, 1);
    const warning = WARNINGS[feedback.warning ?? ''];
    return {
      score: scoreOf(guesses),
      weakness: weaknessOf(sequence),
      ...(warning !== undefined && { warning }),
      ...suggestionsOf(feedback),
      crackTime: crackTime(guesses),
    };
  }
}

/** Returns the guesses of one part. The diceware list is alphabetical, so its ranks are not used. */
function guessesOf(match: MatchExtended): number {
  const guesses: unknown = match.guesses;
  if (typeof guesses !== 'number' || Number.isNaN(guesses)) return 1;
  return match.dictionaryName === DICEWARE
    ? Math.max(guesses, dictionary[DICEWARE].length)
    : guesses;
}

/** Uses the bounds of zxcvbn without its 10,000 for each further part, which favours `Password12345678!`. */
function scoreOf(guesses: number): StrengthEstimate['score'] {
  if (guesses < 1e3) return 0;
  if (guesses < 1e6) return 1;
  if (guesses < 1e8) return 2;
  return guesses < 1e10 ? 3 : 4;
}

function weaknessOf(sequence: readonly MatchExtended[]): StrengthEstimate['weakness'] {
  if (sequence.some((match) => match.dictionaryName === 'userInputs')) return 'personal';
  const [longest] = sequence.toSorted((one, other) => other.token.length - one.token.length);
  return WEAKNESS_OF_PATTERN[longest?.pattern ?? ''] ?? 'guessable';
}

function suggestionsOf({ suggestions }: ZxcvbnResult['feedback']) {
  const known = suggestions.filter(isSuggestion);
  const suggestionCodes = known.length === 0 ? ['useWords' as const] : known;
  return {
    suggestions: suggestionCodes.map((code) => PASSWORD_SUGGESTIONS[code]),
    suggestionCodes,
  };
}

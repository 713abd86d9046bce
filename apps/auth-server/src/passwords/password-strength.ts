import { Injectable } from '@nestjs/common';
import { ZxcvbnFactory, type MatchExtended, type ZxcvbnResult } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { crackTime } from './crack-time.js';
import type { StrengthEstimate } from './password-verdict.js';
import { GENERAL_SUGGESTION, SUGGESTIONS, WARNINGS } from './strength-wording.js';

/** UTF-16 units at either end of a password that are looked at. */
const WINDOW = 40;
const DICEWARE = 'diceware-common';

const WEAKNESS_OF_PATTERN: Readonly<Record<string, StrengthEstimate['weakness']>> = {
  dictionary: 'common',
  repeat: 'repeated',
  sequence: 'sequential',
  spatial: 'sequential',
};

/**
 * Estimates how many guesses a password takes, with zxcvbn: 49,000 common and breached passwords, their
 * variations (capitals, look-alikes, backwards), the account's own words, rows of keys, sequences,
 * repetitions and dates.
 *
 * A password is as hard to guess as any part of it, at the least. Its first 40 characters are estimated,
 * and its last 40 where the first are weak; so that the cost has a bound.
 */
@Injectable()
export class PasswordStrength {
  private readonly zxcvbn = new ZxcvbnFactory({
    dictionary,
    graphs: adjacencyGraphs,
    maxLength: WINDOW,
    l33tMaxSubstitutions: 20,
  });

  /** `personal`: words that this person's attacker tries first. */
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
      suggestions: suggestionsOf(feedback),
      crackTime: crackTime(guesses),
    };
  }
}

/** What one part adds. Words of the diceware list stand in alphabetical order: the place says nothing. */
function guessesOf(match: MatchExtended): number {
  const guesses: unknown = match.guesses;
  if (typeof guesses !== 'number' || Number.isNaN(guesses)) return 1;
  return match.dictionaryName === DICEWARE
    ? Math.max(guesses, dictionary[DICEWARE].length)
    : guesses;
}

/** The bounds of zxcvbn; it adds 10,000 for each further part, which flatters `Password12345678!`. */
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

function suggestionsOf({ suggestions }: ZxcvbnResult['feedback']): string[] {
  const known = suggestions.map((key) => SUGGESTIONS[key] ?? '').filter((text) => text !== '');
  return known.length === 0 ? [GENERAL_SUGGESTION] : known;
}

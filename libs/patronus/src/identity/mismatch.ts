import type { PatronusErrorDetails } from '../errors/patronus.error.js';
import type { Claims } from './identity.js';
import { member } from './json-object.js';

/** Maximum number of expected values that a reason lists. */
const MAX_NAMES = 10;

/** Maximum length of the part of a claim that a reason repeats, in characters. */
const MAX_LENGTH = 200;

/**
 * Returns the reason and the remedy of a refusal because verified claims do not have an expected
 * value: `aud is "account"; expected "patients-api"`. For operators.
 */
export function mismatch(
  claims: Claims,
  names: readonly string[],
  expected: readonly string[],
): Required<Pick<PatronusErrorDetails, 'reason' | 'remedy'>> {
  const found = names.map((name) => claimText(name, member(claims, name))).join(' and ');
  const wanted = listText(expected);
  return {
    reason: `${found}; expected ${wanted}`,
    remedy: `Let the issuer write ${wanted} into ${names.join(' or ')}, or correct the options of the identity provider.`,
  };
}

function claimText(name: string, value: unknown): string {
  if (value === undefined) return `the token has no ${name}`;
  return `${name} is ${JSON.stringify(value).slice(0, MAX_LENGTH)}`;
}

function listText(values: readonly string[]): string {
  const texts = values.slice(0, MAX_NAMES).map((value) => JSON.stringify(value));
  if (values.length > MAX_NAMES) texts.push('…');
  return values.length === 1 ? texts.join() : `one of ${texts.join(', ')}`;
}

import { PatronusConfigurationError } from './configuration.error.js';
import { memberNames } from './member-names.js';
import { nearestName } from './nearest-name.js';

/**
 * Refuses members that an options object does not have: a misspelt option must not be silently
 * ignored. Getters and inherited members count.
 *
 * @throws {PatronusConfigurationError} if there is such a member; names it and those that exist.
 */
export function checkMembers(path: string, options: object, known: readonly string[]): void {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new PatronusConfigurationError(
      path === '' ? 'options' : path,
      'is given something that is no object.',
      remedyFor(given, `Give { … } with the options ${known.join(', ')}.`),
    );
  }
  for (const name of memberNames(options)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    throw new PatronusConfigurationError(
      path === '' ? name : `${path}.${name}`,
      'is not an option.',
      nearest === undefined
        ? `The options here are ${known.join(', ')}.`
        : `Did you mean "${nearest}"?`,
    );
  }
}

/** The remedy for a wrong value. Says where to look if the value, or an element of it, is undefined or empty. */
export function remedyFor(value: unknown, remedy: string): string {
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (elements.includes(undefined)) return `${remedy} The value is undefined: ${ENVIRONMENT}`;
  return elements.includes('') ? `${remedy} The value is empty: ${ENVIRONMENT}` : remedy;
}

const ENVIRONMENT =
  'if it comes from the environment, load the .env file first, for instance with `node --env-file=.env` or ConfigModule.';

/** @throws {PatronusConfigurationError} where `value` is given and is not a whole number over 0. */
export function checkPositiveInteger(path: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw new PatronusConfigurationError(
    path,
    'is not a whole number over 0.',
    'Give one, or leave it out.',
  );
}

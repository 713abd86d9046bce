import { PatronusConfigurationError } from './configuration.error.js';
import { nearestName } from './nearest-name.js';

/**
 * Refuses members that an options object does not have: a misspelt option must not be silently
 * ignored.
 *
 * @throws {PatronusConfigurationError} if there is such a member; names it and those that exist.
 */
export function checkMembers(path: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
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

/**
 * Requires a positive whole number, if the option is given.
 *
 * @throws {PatronusConfigurationError} if `value` is given and is not a whole number over 0.
 */
export function checkPositiveInteger(path: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw new PatronusConfigurationError(
    path,
    'is not a whole number over 0.',
    'Give one, or leave it out.',
  );
}

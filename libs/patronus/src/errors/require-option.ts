import { remedyFor } from './check-option.js';
import { PatronusConfigurationError } from './configuration.error.js';

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() === value && value !== '';
}

/**
 * Requires a text.
 *
 * @throws {PatronusConfigurationError} if the option is not text
 */
export function requireText(path: string, value: unknown, remedy: string): string {
  if (isText(value)) return value;
  const problem =
    value === undefined ? 'is missing.' : 'is missing, or is not text without blanks around it.';
  throw new PatronusConfigurationError(path, problem, remedyFor(value, remedy));
}

/**
 * Requires a list of at least one text.
 *
 * @throws {PatronusConfigurationError} if the option is not a list of at least one text
 */
export function requireTexts(path: string, value: unknown, remedy: string): readonly string[] {
  // Unlike every(), Array.from() does not skip the holes of a list.
  const texts: readonly unknown[] = Array.isArray(value) ? Array.from(value) : [];
  if (texts.length > 0 && texts.every(isText)) return texts;
  throw new PatronusConfigurationError(
    path,
    'is not a list of at least one text.',
    remedyFor(value, remedy),
  );
}

/**
 * Requires a function, if the option is given.
 *
 * @throws {PatronusConfigurationError} if the option is given and is not a function
 */
export function requireMapping(path: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new PatronusConfigurationError(path, 'is not a function.', 'Give (claims) => fields.');
}

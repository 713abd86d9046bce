import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { isPermissionPattern, MAX_PERMISSION_LENGTH } from './permission-pattern.js';

/**
 * Reads a list of patterns out of the options.
 *
 * @throws {PatronusConfigurationError} if it is not a list, or an item is not a pattern.
 */
export function readPatterns(value: unknown, path: string): readonly string[] {
  return readList(value, path).map((pattern, index) => {
    if (isPermissionPattern(pattern)) return pattern;
    throw new PatronusConfigurationError(
      `${path}[${index}]`,
      `${JSON.stringify(pattern)} is not a permission pattern.`,
      'Write a dotted name ("patients.read"), "*", or a name that ends in ".*" ("patients.*"), ' +
        `of letters, digits, "_", "-" and ":", in at most ${MAX_PERMISSION_LENGTH} characters.`,
    );
  });
}

/** Reads a list of anything out of the options. */
export function readList(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new PatronusConfigurationError(path, 'this is not a list.', 'Write it as [ … ].');
}

/** Reads an object of named members out of the options; own members only. */
export function readMembers(value: unknown, path: string): [name: string, value: unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value);
  }
  throw new PatronusConfigurationError(path, 'this is not an object.', 'Write it as { … }.');
}

import { checkMembers, remedyFor } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/**
 * Reads the argument of a purge. An empty selection is refused, because it would drop every entry if a value
 * is missing by mistake.
 *
 * @param path - the method, such as `AccountCache.purge`
 * @param selection - the members that entries must match, or `'all'`
 * @returns the members; none of them for `'all'`
 * @throws {PatronusConfigurationError} if it names nothing, or has a member that does not exist
 */
export function readSelection<Selection extends object>(
  path: string,
  selection: Selection | 'all',
  known: readonly (keyof Selection & string)[],
): Partial<Selection> {
  if (selection === 'all') return {};
  checkMembers(path, selection, known);
  const values = known.map((name): unknown => selection[name]);
  if (values.every((value) => value === undefined)) {
    throw new PatronusConfigurationError(
      path,
      'is given a selection that names nothing.',
      `Give at least one of ${known.join(', ')}, or 'all' to drop every entry.`,
    );
  }
  for (const name of known) {
    const value: unknown = selection[name];
    if (value === undefined || (typeof value === 'string' && value !== '')) continue;
    throw new PatronusConfigurationError(
      `${path}.${name}`,
      'is not an id.',
      remedyFor(value, 'Give it as text, as in the Identity.'),
    );
  }
  return selection;
}

import { PatronusConfigurationError } from '../../errors/configuration.error.js';

/**
 * Quotes an identifier.
 *
 * @throws {PatronusConfigurationError} if it is not a valid name in PostgreSQL
 */
export function quoteIdentifier(path: string, name: unknown): string {
  if (typeof name === 'string' && name !== '' && !name.includes('\0') && byteLength(name) < 64) {
    return `"${name.replaceAll('"', '""')}"`;
  }
  throw new PatronusConfigurationError(
    path,
    'is not a valid name in PostgreSQL.',
    'Give 1 to 63 bytes of text, as in the catalogue and without quotes.',
  );
}

function byteLength(name: string): number {
  return new TextEncoder().encode(name).length;
}

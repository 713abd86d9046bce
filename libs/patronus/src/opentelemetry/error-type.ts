import { PatronusError } from '../errors/patronus.error.js';

/**
 * Returns the stable code of an error for `error.type`, or `_OTHER`, as the conventions require, if
 * it has none.
 */
export function errorTypeOf(error: unknown): string {
  return error instanceof PatronusError ? error.code : '_OTHER';
}

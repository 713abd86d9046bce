import { PatronusError } from '../errors/patronus.error.js';

/** The stable code of an error, for `error.type`; `_OTHER`, as the conventions say, where it has none. */
export function errorTypeOf(error: unknown): string {
  return error instanceof PatronusError ? error.code : '_OTHER';
}

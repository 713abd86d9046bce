import { PatronusError } from '../../errors/patronus.error.js';

/** The spelling of the token is wrong: it was refused before anything in it was believed. */
export function malformed(reason: string): PatronusError {
  return new PatronusError('token_malformed', { reason });
}

export function invalid(reason: string): PatronusError {
  return new PatronusError('token_invalid', { reason });
}

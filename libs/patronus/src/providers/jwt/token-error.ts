import { PatronusError } from '../../errors/patronus.error.js';

export function invalid(reason: string): PatronusError {
  return new PatronusError('token_invalid', { reason });
}

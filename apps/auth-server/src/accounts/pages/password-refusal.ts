import type { PasswordRefusal } from '../../pages/new-password.field.js';
import { PasswordRejectedError } from '../password-rejected.error.js';

/** What a form says of a password that was refused. @throws any other error again */
export function passwordRefusal(error: unknown): PasswordRefusal {
  if (!(error instanceof PasswordRejectedError)) throw error;
  const { reasons, suggestions, score } = error.verdict;
  return { reasons: reasons.map(({ message }) => message), suggestions, score };
}

import { PlatformError } from '../errors/platform.error.js';
import type { PasswordVerdict } from '../passwords/password-verdict.js';

/** `password_rejected`, with the reasons as its details. */
export class PasswordRejectedError extends PlatformError {
  constructor(readonly verdict: PasswordVerdict) {
    super('password_rejected', { details: verdict });
    this.name = 'PasswordRejectedError';
  }
}

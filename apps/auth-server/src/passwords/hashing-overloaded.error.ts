import { PlatformError } from '../errors/platform.error.js';

/** Too many passwords wait to be hashed. `retryAfter`: seconds until the line will have moved. */
export class HashingOverloadedError extends PlatformError {
  constructor(retryAfter: number) {
    super('overloaded', { retryAfter });
    this.name = 'HashingOverloadedError';
  }
}

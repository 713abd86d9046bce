import { Injectable } from '@nestjs/common';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { type PasswordContext, PasswordRejectedError } from './password-verdict.js';

/** Passwords that somebody chooses. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * The hash to store.
   *
   * @throws {PasswordRejectedError}
   * @throws {PlatformError} `overloaded`
   */
  async hash(password: string, owner: PasswordContext): Promise<string> {
    const verdict = this.policy.check(password, owner);
    if (!verdict.acceptable) throw new PasswordRejectedError(verdict);
    return this.hasher.hash(password);
  }
}

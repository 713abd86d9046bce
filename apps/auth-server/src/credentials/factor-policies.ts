import { Injectable } from '@nestjs/common';
import type { AccountRow } from '../accounts/accounts.service.js';
import { PlatformError } from '../operation/http/errors.js';
import type { Proof } from './credential.js';

/** A factor that a sign-in may need, by its name in the API. */
export type Factor =
  'password' | 'passkey' | 'totp' | 'backup_code' | 'email_code' | 'sms_code' | 'federated';

/**
 * Returns the factors of which a sign-in needs one more, or undefined if the proofs are enough. An empty
 * list refuses the sign-in: no factor that the account has would do.
 */
export type FactorPolicy = (
  account: AccountRow,
  proofs: readonly Proof[],
) => readonly Factor[] | undefined | Promise<readonly Factor[] | undefined>;

/** The factors that sign-ins need: each room registers its policy. Without a policy, one proof is enough. */
@Injectable()
export class FactorPolicies {
  readonly #policies: FactorPolicy[] = [];

  register(policy: FactorPolicy): void {
    this.#policies.push(policy);
  }

  /**
   * Requires that the proofs of an account meet all policies. A policy that fails lets no sign-in through.
   *
   * @throws {PlatformError} `factor_required`, with the factors of which one is needed next
   */
  async require(account: AccountRow, proofs: readonly Proof[]): Promise<void> {
    for (const policy of this.#policies) {
      const factors = await policy(account, proofs);
      if (factors !== undefined)
        throw new PlatformError('factor_required', { details: { factors } });
    }
  }
}

import type { AccountRow } from '../accounts/accounts.service.js';
import type { DatabaseSession } from '../operation/database/database.js';

/** Authentication methods, as in the claim `amr` (RFC 8176). */
export type AuthenticationMethod = 'pwd' | 'email';

/** Evidence that the owner of an account presented a valid credential. */
export interface Proof {
  readonly method: AuthenticationMethod;
  /** The time of the verification. */
  readonly at: Date;
  /** The account's security version at that time. A higher version invalidates the proof. */
  readonly securityVersion: number;
}

/**
 * A factor of authentication. Each kind has a folder of its own beside this file.
 *
 * `Presented` is the type of the input, `Enrolment` the type of the stored credential.
 */
export interface Credential<Presented, Enrolment> {
  /**
   * Verifies the input, and does the same work if the account is undefined. Undefined if the input does
   * not match.
   */
  verify(account: AccountRow | undefined, presented: Presented): Promise<Proof | undefined>;

  /** Adds or replaces the credential, in the transaction of the caller, and raises the security version. */
  enrol(tx: DatabaseSession, accountId: string, enrolment: Enrolment): Promise<void>;

  /** Removes the credential, in the transaction of the caller, and raises the security version. */
  remove(tx: DatabaseSession, accountId: string): Promise<void>;
}

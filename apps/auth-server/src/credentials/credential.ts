import type { AccountRow } from '../accounts/accounts.service.js';
import type { DatabaseSession } from '../operation/database/database.js';

/** Authentication methods, as `amr` says them (RFC 8176). */
export type AuthenticationMethod = 'pwd';

/** Evidence that the owner of an account presented a valid credential. */
export interface Proof {
  readonly method: AuthenticationMethod;
  /** When the credential was verified. */
  readonly at: Date;
  /** The account's security version at that moment. The proof counts until it is raised. */
  readonly securityVersion: number;
}

/**
 * One way to prove who one is. Each kind lies in a folder of its own beside this file.
 *
 * `Presented` is what a person sends, `Enrolment` what is kept of a new credential.
 */
export interface Credential<Presented, Enrolment> {
  /**
   * Verifies what was presented, after the same work for an account that is undefined. Undefined if it
   * does not match.
   */
  verify(account: AccountRow | undefined, presented: Presented): Promise<Proof | undefined>;

  /** Adds or replaces the credential, in the transaction of the caller, and raises the security version. */
  enrol(tx: DatabaseSession, accountId: string, enrolment: Enrolment): Promise<void>;

  /** Removes the credential, in the transaction of the caller, and raises the security version. */
  remove(tx: DatabaseSession, accountId: string): Promise<void>;
}

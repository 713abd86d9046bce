/**
 * What is revoked: every credential that has all of the members given. At least one is.
 *
 * A token or a session is revoked for good. Everything else is revoked as far as it was issued before
 * `issuedBefore`, so that a person who logs in again is let in.
 */
export interface Revocation {
  /** The id of one token (`jti`). */
  readonly token?: string | undefined;
  /** A session (`sid`), with all of its tokens. */
  readonly session?: string | undefined;
  /** The subject (`sub`). */
  readonly user?: string | undefined;
  /** The tenant, as the application tells its tenants apart. */
  readonly tenant?: string | undefined;
  /** Who vouches for the subject (`iss`): ids of tokens, sessions and users are unique within it. */
  readonly issuer?: string | undefined;
  /**
   * In seconds since the epoch: what was issued before this, or in this second, is revoked. Unless
   * told, it is now, save where a token or a session is named. Alone, it revokes everything older.
   */
  readonly issuedBefore?: number | undefined;
}

/**
 * What is revoked: every credential that has all of the members given. At least one is given, and none
 * is undefined: a limit that is not there would revoke more than was meant.
 *
 * A token or a session is revoked for good, unless `issuedBefore` is named beside it. Everything else
 * is revoked as far as it was issued before `issuedBefore`, so that a person who logs in again is let
 * in. A credential that does not say when it was issued counts as issued before.
 */
export interface Revocation {
  /** The id of one token (`jti`, RFC 7519, section 4.1.7), never the token itself. */
  readonly token?: string;
  /** A session (`sid`), with all of its tokens. */
  readonly session?: string;
  /** The subject (`sub`). Without an issuer, the subjects of that id of all issuers. */
  readonly user?: string;
  /** The tenant, as the application tells its tenants apart. */
  readonly tenant?: string;
  /** Who vouches for the subject (`iss`): ids of tokens, sessions and users are unique within it. */
  readonly issuer?: string;
  /**
   * In seconds since the epoch: what was issued before this, or in the same second, is revoked. Unless
   * told, it is now, by the clock of the process that revokes, save where a token or a session is
   * named. Alone, it revokes everything older. At most a minute ahead.
   */
  readonly issuedBefore?: number;
}

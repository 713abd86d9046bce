/**
 * Selects the credentials to revoke: those that match all of the given members. At least one is
 * given, and none is undefined, because a limit that is missing would revoke more than was
 * intended.
 *
 * A token or a session is revoked permanently, unless `issuedBefore` is given as well. Otherwise,
 * credentials are revoked if they were issued before `issuedBefore`, so that a person who logs in
 * again is let in. A credential without a time of issue counts as issued before.
 */
export interface Revocation {
  /** Id of one token (`jti`, RFC 7519, section 4.1.7), never the token itself. */
  readonly token?: string;
  /** Session (`sid`), with all of its tokens. */
  readonly session?: string;
  /** Subject (`sub`). Without an issuer, the subjects of that id of all issuers. */
  readonly user?: string;
  /** Tenant, as the application determines tenants. */
  readonly tenant?: string;
  /** Issuer of the subject (`iss`), within which ids of tokens, sessions and users are unique. */
  readonly issuer?: string;
  /**
   * Time in seconds since the epoch: a credential that was issued before it, or in the same second,
   * is revoked. By default it is now, by the clock of the process that revokes, except if a token
   * or a session is named. Alone, it revokes everything older. At most a minute ahead.
   */
  readonly issuedBefore?: number;
}

/** Record of an API key in a store. The key itself cannot be derived from it. */
export interface ApiKeyRecord {
  /** Id in the key: public, unique, and `Identity.tokenId`. */
  readonly id: string;
  /** SHA-256 of the key's secret, in base64url. 256 random bits need no salt and no slow hash. */
  readonly hash: string;
  /** Service account that the key belongs to: `Identity.id`. */
  readonly subject: string;
  readonly name?: string | null | undefined;
  readonly tenantId?: string | null | undefined;
  readonly roles?: readonly string[] | null | undefined;
  readonly permissions?: readonly string[] | null | undefined;
  readonly platformRoles?: readonly string[] | null | undefined;
  readonly platformPermissions?: readonly string[] | null | undefined;
  readonly scopes?: readonly string[] | null | undefined;
  /** Time of creation, in seconds since the epoch. */
  readonly createdAt: number;
  /**
   * Time of expiry, in seconds since the epoch. Without it, the key is valid until it is revoked.
   */
  readonly expiresAt?: number | null | undefined;
  /** Time of revocation, in seconds since the epoch. With any value here, the key is refused. */
  readonly revokedAt?: number | null | undefined;
  /** True if the key is refused for now. */
  readonly disabled?: boolean | null | undefined;
}

/** What a store keeps of an API key. The key itself cannot be made from it. */
export interface ApiKeyRecord {
  /** The id in the key: public, unique, and `Identity.tokenId`. */
  readonly id: string;
  /** The SHA-256 of the key's secret, in base64url. 256 random bits need no salt and no slow hash. */
  readonly hash: string;
  /** The service account that the key stands for: `Identity.id`. */
  readonly subject: string;
  readonly name?: string | null | undefined;
  readonly tenantId?: string | null | undefined;
  readonly roles?: readonly string[] | null | undefined;
  readonly permissions?: readonly string[] | null | undefined;
  readonly platformRoles?: readonly string[] | null | undefined;
  readonly platformPermissions?: readonly string[] | null | undefined;
  readonly scopes?: readonly string[] | null | undefined;
  /** In seconds since the epoch. */
  readonly createdAt: number;
  /** In seconds since the epoch. Without it, the key counts until it is revoked. */
  readonly expiresAt?: number | null | undefined;
  /** In seconds since the epoch: with any value here, the key counts no more. */
  readonly revokedAt?: number | null | undefined;
  /** Counts no more, for now. */
  readonly disabled?: boolean | null | undefined;
}

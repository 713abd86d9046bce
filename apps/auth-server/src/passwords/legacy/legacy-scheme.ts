/** A way of hashing passwords that this platform verifies, and no longer makes. */
export interface LegacyScheme {
  /** Whether the whole of `stored` is of this scheme, at a cost that this process can bear. */
  recognises(stored: string): boolean;
  /** Call it only with what {@link recognises} took. */
  verify(password: string, stored: string): Promise<boolean>;
}

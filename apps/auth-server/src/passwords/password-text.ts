/**
 * The text of a password that is counted and hashed: NFC, as NIST SP 800-63B-4, section 3.1.1.2 and the
 * OpaqueString profile (RFC 8265, section 4.2) have it. Unlike NFKC it merges only what looks the same.
 */
export function normalisePassword(password: string): string {
  return password.normalize('NFC');
}

/** Whether UTF-8 can say it: lone surrogates would all become the same replacement character. */
export function isText(password: string): boolean {
  return !/\p{Surrogate}/u.test(password);
}

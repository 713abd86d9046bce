const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Returns true if a token uses only the alphabet of RFC 6750, section 2.1. */
export function isB64Token(token: string): boolean {
  return B64TOKEN.test(token);
}

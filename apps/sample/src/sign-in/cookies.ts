const TEN_MINUTES = 10 * 60;

/** Writes a `Set-Cookie` header that lasts as long as a sign-in may take (RFC 6265, section 4.1). */
export function shortCookie(name: string, value: string): string {
  return `${name}=${value}; Max-Age=${TEN_MINUTES}; Path=/; HttpOnly; Secure; SameSite=Lax`;
}

/** Reads a cookie from a `Cookie` header. Undefined if there is none, or more than one. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const start = `${name}=`;
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(start));
  return found.length === 1 ? found[0]?.slice(start.length) : undefined;
}

const TEN_MINUTES = 10 * 60;

/** The `Set-Cookie` text that keeps `value` for as long as a sign-in may take (RFC 6265, section 4.1). */
export function shortCookie(name: string, value: string): string {
  return `${name}=${value}; Max-Age=${TEN_MINUTES}; Path=/; HttpOnly; Secure; SameSite=Lax`;
}

/** The one cookie of that name in a `Cookie` header; undefined where there are none, or two. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const start = `${name}=`;
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(start));
  return found.length === 1 ? found[0]?.slice(start.length) : undefined;
}

/** Returns the part of a URL that may be in logs and events: a query string may hold secrets. */
export function pathOf(url = ''): string {
  return url.replace(/[?#].*$/s, '');
}

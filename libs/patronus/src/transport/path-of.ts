/** What of a URL may stand in logs and events: a query string may hold secrets. */
export function pathOf(url = ''): string {
  return url.replace(/[?#].*$/s, '');
}

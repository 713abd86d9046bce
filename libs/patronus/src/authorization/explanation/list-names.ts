const LISTED = 20;

/**
 * Lists names as JSON. A name out of a token may hold line breaks, which would forge lines of the
 * log.
 */
export function listNames(names: readonly string[]): string {
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return JSON.stringify(names.slice(0, LISTED)) + more;
}

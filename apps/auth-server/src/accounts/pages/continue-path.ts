/** Where the flows of OAuth go on. */
const FLOW = /^\/(?:interaction|oauth)\//;

/**
 * Where a person goes on afterwards: a path of the platform's own flows, and nothing else. Undefined for
 * all other text, so that no page sends anybody to a stranger.
 */
export function readContinuePath(value: unknown, issuer: string): string | undefined {
  if (typeof value !== 'string' || !/^\/[!-~]*$/.test(value) || value.includes('\\'))
    return undefined;
  if (!URL.canParse(value, issuer)) return undefined;
  const { origin, pathname, search } = new URL(value, issuer);
  return origin === issuer && FLOW.test(pathname) ? pathname + search : undefined;
}

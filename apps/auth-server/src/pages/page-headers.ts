const SOURCE = /^(?:https?:\/\/(?:[a-z\d-]+\.)*[a-z\d-]+(?::\d{1,5})?|[a-z][a-z\d+.-]*:)$/i;

/** What a page lets its reader's browser do, beyond the least. */
export interface PagePermissions {
  /** Where its forms may lead, redirects after them included: see {@link formActionSource}. */
  readonly formAction?: readonly string[];
  /**
   * Whether oidc-provider makes it: such a page sends a form by a script, whose hash oidc-provider adds
   * to `script-src`, where there is one. Until then no script runs.
   */
  readonly byProvider?: boolean;
}

/**
 * The headers of every page.
 *
 * @throws {TypeError} where a source of `formAction` is not one, and would change the policy
 */
export function pageHeaders({
  formAction = [],
  byProvider = false,
}: PagePermissions = {}): Readonly<Record<string, string>> {
  for (const source of formAction) {
    if (!SOURCE.test(source)) throw new TypeError('A source of form-action is malformed.');
  }
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "style-src 'self'",
      "img-src 'self'",
      ["form-action 'self'", ...formAction].join(' '),
      "frame-ancestors 'none'",
      "base-uri 'none'",
      // Matches nothing; 'none' could not be added to (CSP Level 3, section 6.7.2.5).
      ...(byProvider ? ["script-src 'report-sample'"] : []),
    ].join('; '),
    'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    // With no-referrer, browsers post a form with `Origin: null` (Fetch, section 3.2); with same-origin,
    // the tokens in the addresses of our pages would stand in the logs of our own proxies.
    'Referrer-Policy': 'strict-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  };
}

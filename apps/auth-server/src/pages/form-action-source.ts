/** A host as a policy can name it. */
const HOST = /^[a-z\d.-]+$/;

/**
 * What `form-action` must allow for a form whose answer redirects to this address: Chromium follows no
 * redirect that the policy leaves out. Its origin; its scheme where it has no origin (native apps), or
 * where a policy cannot name the host, as with an IPv6 address (CSP Level 3, section 2.3.1).
 *
 * @throws {TypeError} where it is no absolute address
 */
export function formActionSource(redirectUri: string): string {
  const { origin, protocol, hostname } = new URL(redirectUri);
  return origin !== 'null' && HOST.test(hostname) ? origin : protocol;
}

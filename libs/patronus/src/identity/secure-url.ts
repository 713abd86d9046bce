import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { requireText } from '../errors/require-option.js';

function parse(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

/**
 * Returns true if a host name, as `URL.hostname` writes it, is this machine: `localhost` and the
 * names below it (RFC 6761, section 6.3), 127.0.0.0/8 (RFC 1122, section 3.2.1.3), and `[::1]`.
 */
export function isLoopbackHost(hostname: string): boolean {
  return isLocalhostName(hostname) || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Returns true if a host name is `localhost`, or a name below it. */
export function isLocalhostName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}

/**
 * Returns true if keys may be fetched from a URL: https, or http that never leaves this machine.
 */
export function isSecureUrl(value: string): boolean {
  return isAllowedUrl(value, []);
}

/**
 * Like {@link isSecureUrl}, but also allows http to one of `insecureHosts`, which are in lower
 * case.
 */
export function isAllowedUrl(value: string, insecureHosts: readonly string[]): boolean {
  const url = parse(value);
  if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '')
    return false;
  if (url.protocol === 'https:' || isLoopbackUrl(value)) return true;
  return url.protocol === 'http:' && insecureHosts.includes(url.hostname);
}

/** Returns true if a URL is http on this machine's own loopback interface. */
export function isLoopbackUrl(value: string): boolean {
  const url = parse(value);
  return url?.protocol === 'http:' && isLoopbackHost(url.hostname);
}

/**
 * Reads a URL that keys may be fetched from.
 *
 * @param insecureHosts hosts that may be called over http; undefined if the option does not exist
 * @throws {PatronusConfigurationError} if the option is not such a URL
 */
export function requireSecureUrl(
  path: string,
  value: unknown,
  insecureHosts?: readonly string[],
): string {
  const url = requireText(path, value, 'Give a URL that starts with https://.');
  if (isAllowedUrl(url, insecureHosts ?? [])) return url;
  const others =
    insecureHosts === undefined ? '' : ' For a host inside of your cluster, see insecureHosts.';
  throw new PatronusConfigurationError(
    path,
    'is not an https URL.',
    `Use https://; http:// is for localhost, 127.0.0.0/8 and [::1] only.${others}`,
  );
}

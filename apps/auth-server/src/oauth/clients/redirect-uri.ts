import { isLoopbackHost } from '../loopback-host.js';

/** RFC 3986, section 2, without `#`: nothing that a browser and a server would read differently. */
const URI = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+$/;

/** A reverse domain name such as `com.example.app` (RFC 8252, section 7.1). */
const PRIVATE_USE = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/;

/** `https`, or `http` on this machine: what a server may be asked to call, or a browser to open. */
export function isWebAddress(text: string): boolean {
  if (!URI.test(text) || !/^https?:\/\//.test(text)) return false;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || isLoopbackHost(url.hostname);
}

/**
 * Why a client may not be sent back there, or undefined where it may: RFC 6749, section 3.1.2, and
 * RFC 8252, section 7.
 */
export function faultOfRedirectUri(
  uri: string,
  applicationType: 'web' | 'native' | undefined,
): string | undefined {
  if (uri.includes('#')) return 'must have no fragment.';
  if (isWebAddress(uri)) {
    const { protocol, hostname } = new URL(uri);
    const isClaimed = protocol === 'https:' && isLoopbackHost(hostname);
    return isClaimed && applicationType === 'native'
      ? 'must be http on a loopback address: the application is native.'
      : undefined;
  }
  if (!URI.test(uri) || !PRIVATE_USE.test(uri) || !URL.canParse(uri)) {
    return 'must be https, http on a loopback address, or of a private-use scheme with a dot.';
  }
  return applicationType === 'native'
    ? undefined
    : 'must be https or http: a private-use scheme needs application_type native.';
}

import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { requireText } from '../errors/require-option.js';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

function parse(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

/** Whether a URL is safe to take keys from: https, or http that never leaves this machine. */
export function isSecureUrl(value: string): boolean {
  const url = parse(value);
  if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '')
    return false;
  return url.protocol === 'https:' || isLoopbackUrl(value);
}

/** Whether a URL is http on this machine's own loopback interface. */
export function isLoopbackUrl(value: string): boolean {
  const url = parse(value);
  return url?.protocol === 'http:' && LOOPBACK.has(url.hostname);
}

/** @throws {PatronusConfigurationError} where the option is no URL that keys may come from */
export function requireSecureUrl(path: string, value: unknown): string {
  const url = requireText(path, value, 'Give a URL that starts with https://.');
  if (isSecureUrl(url)) return url;
  throw new PatronusConfigurationError(
    path,
    'is not an https URL.',
    'Use https://; http:// is for localhost, 127.0.0.1 and [::1] only.',
  );
}

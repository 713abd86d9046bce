import { TLSSocket } from 'node:tls';
import type { RequestMessage } from '../../transport/guarded-request.js';

const HTTP_URL = /^https?:\/\/[^/]/i;
/** Host and port, without anything that would continue into a path. */
const AUTHORITY = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d+)?$/i;
/** Blanks, control characters and backslashes, which `URL` would silently remove or replace. */
const UNUSABLE = /[^!-~]|\\/;
/** Dot segments. Servers resolve them differently, so that two URLs that look equal may differ. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;
/** The origin of a target in absolute form, which ends before the path or the query. */
const ABSOLUTE_FORM = /^(https?:\/\/)([^/?#]+)(?=[/?#]|$)/i;
const UNRESERVED = /[\w.~-]/;

/**
 * Returns the URL of a request as its caller sees it, normalized for the comparison with `htu`.
 * Undefined if the URL cannot be compared.
 *
 * @param origin - the origin of the options; by default the origin of an absolute target, or the
 * `Host` header. The caller controls both.
 */
export function requestUrl(
  message: RequestMessage,
  origin: string | undefined,
): string | undefined {
  const target = targetOf(message);
  const absolute = ABSOLUTE_FORM.exec(target);
  // RFC 9112, section 3.2.2: the Host header does not count beside an absolute target.
  const base = origin ?? (absolute === null ? originOf(message) : originIn(absolute));
  const path = absolute === null ? target : target.slice(absolute[0].length);
  if (base === undefined || (absolute === null && !path.startsWith('/'))) return undefined;
  return normalizeUrl(base + path);
}

/**
 * Returns a URL without query and fragment, normalized so that equal URLs are equal strings (RFC
 * 3986, sections 6.2.2 and 6.2.3): case of scheme, host and percent-encodings, needless encodings,
 * default ports, empty path. Undefined if it is not an http(s) URL, holds a password, or has dot
 * segments.
 */
export function normalizeUrl(text: string): string | undefined {
  const [location = ''] = text.split(/[?#]/, 1);
  if (!HTTP_URL.test(location) || UNUSABLE.test(location) || DOT_SEGMENT.test(location)) {
    return undefined;
  }
  if (!URL.canParse(location)) return undefined;
  const { origin, username, password, pathname } = new URL(location);
  if (username !== '' || password !== '') return undefined;
  return origin + pathname.replace(/%[0-9a-f]{2}/gi, normalizeOctet);
}

function normalizeOctet(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return UNRESERVED.test(character) ? character : encoded.toUpperCase();
}

/**
 * Returns the target as it was received. Express rewrites `url` under a mount path, and keeps the
 * original in `originalUrl`.
 */
function targetOf(message: RequestMessage & { readonly originalUrl?: unknown }): string {
  const { originalUrl, url = '' } = message;
  return typeof originalUrl === 'string' ? originalUrl : url;
}

function originIn([, scheme = '', authority = '']: RegExpExecArray): string | undefined {
  return AUTHORITY.test(authority) ? scheme + authority : undefined;
}

function originOf({ headers, socket }: RequestMessage): string | undefined {
  const host = headers[':authority'] ?? headers.host;
  if (typeof host !== 'string' || !AUTHORITY.test(host)) return undefined;
  return `${socket instanceof TLSSocket ? 'https' : 'http'}://${host}`;
}

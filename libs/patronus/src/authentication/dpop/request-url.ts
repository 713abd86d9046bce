import { TLSSocket } from 'node:tls';
import type { RequestMessage } from '../../transport/guarded-request.js';

const HTTP_URL = /^https?:\/\/[^/]/i;
/** Host and port, and nothing that would go on into a path. */
const AUTHORITY = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d+)?$/i;
/** Blanks, control characters and backslashes: what `URL` would silently remove or replace. */
const UNUSABLE = /[^!-~]|\\/;
/** Servers route these in ways of their own, so that two URLs that look equal are not. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;
/** The origin of a target in absolute form, which ends before the path or the query. */
const ABSOLUTE_FORM = /^(https?:\/\/)([^/?#]+)(?=[/?#]|$)/i;
const UNRESERVED = /[\w.~-]/;

/**
 * The URL of a request as its caller sees it, normalized for the comparison with `htu`. Undefined if
 * the request has none that could be compared.
 *
 * @param origin - the origin of the options; by default the one of an absolute target, or the `Host`
 * header, both of which the caller wrote
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
 * A URL without query and fragment, so that equal ones are one text (RFC 3986, sections 6.2.2 and
 * 6.2.3): case of scheme, host and percent-encodings, needless encodings, default ports, empty path.
 * Undefined where it is no http(s) URL, holds a password, or has dot segments.
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

/** Express rewrites `url` under a mount path, and keeps what came in `originalUrl`. */
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

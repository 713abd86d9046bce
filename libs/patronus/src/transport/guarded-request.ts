import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

/** What carries the credential: the message of Node's HTTP server, a socket's handshake, metadata. */
export interface RequestMessage {
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came: two credentials must not hide behind one. */
  readonly rawHeaders: readonly string[];
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The connection it came by, where there is one: tells https from http. */
  readonly socket?: Socket | undefined;
  /**
   * Whether it opens a socket. What comes over that socket may change something, so the page that
   * opens it is checked although its handshake is a GET.
   */
  readonly opensSocket?: boolean | undefined;
}

/** A request as Express (the message itself), Fastify (a wrapper) or a transport hands it out. */
export interface GuardedRequest {
  /** The message, where the request is not the message itself. */
  readonly raw?: RequestMessage;
  readonly body?: unknown;
  /** The parameters of the route, or the arguments of the field. */
  readonly params?: unknown;
  readonly query?: unknown;
  user?: unknown;
}

/** The message behind a request of any transport. */
export function messageOf(request: GuardedRequest): RequestMessage {
  if (request.raw !== undefined) return request.raw;
  if (isMessage(request)) return request;
  throw new TypeError('The request does not come from an HTTP server.');
}

function isMessage(request: GuardedRequest): request is GuardedRequest & RequestMessage {
  return 'rawHeaders' in request;
}

/** A message that has headers and nothing else: what metadata of a broker amounts to. */
export function messageOfHeaders(headers: Readonly<Record<string, string>>): RequestMessage {
  const entries = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return { headers: Object.fromEntries(entries), rawHeaders: entries.flat() };
}

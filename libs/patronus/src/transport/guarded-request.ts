import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Message that holds the credential: that of Node's HTTP server, a socket's handshake, or metadata.
 */
export interface RequestMessage {
  /** Headers with names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /**
   * Names and values alternating, as they were sent, so that a second credential cannot be hidden.
   */
  readonly rawHeaders: readonly string[];
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Connection of the message, if there is one. Distinguishes https from http. */
  readonly socket?: Socket | undefined;
  /**
   * True if it opens a socket. Messages over that socket may change state, so the page that opens
   * it is checked although its handshake is a GET.
   */
  readonly opensSocket?: boolean | undefined;
}

/** Request as Express (the message itself), Fastify (a wrapper) or a transport provides it. */
export interface GuardedRequest {
  /** Message, if the request is not the message itself. */
  readonly raw?: RequestMessage;
  readonly body?: unknown;
  /** Parameters of the route, or arguments of the field. */
  readonly params?: unknown;
  readonly query?: unknown;
  user?: unknown;
}

/** Returns the message behind a request of any transport. */
export function messageOf(request: GuardedRequest): RequestMessage {
  if (request.raw !== undefined) return request.raw;
  if (isMessage(request)) return request;
  throw new TypeError('The request does not come from an HTTP server.');
}

function isMessage(request: GuardedRequest): request is GuardedRequest & RequestMessage {
  return 'rawHeaders' in request;
}

/** Returns a message that only has headers, such as the metadata of a broker. */
export function messageOfHeaders(headers: Readonly<Record<string, string>>): RequestMessage {
  const entries = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return { headers: Object.fromEntries(entries), rawHeaders: entries.flat() };
}

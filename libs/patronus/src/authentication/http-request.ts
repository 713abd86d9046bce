import type { IncomingMessage } from 'node:http';

/** A request as Express (the message itself) or Fastify (a wrapper with `raw`) hands it out. */
export interface HttpRequest {
  readonly raw?: IncomingMessage;
  readonly body?: unknown;
  /** The parameters of the route. */
  readonly params?: unknown;
  user?: unknown;
}

/** The message of Node's HTTP server behind a request of any adapter. */
export function messageOf(request: HttpRequest): IncomingMessage {
  if (request.raw !== undefined) return request.raw;
  if (isMessage(request)) return request;
  throw new TypeError('The request does not come from an HTTP server.');
}

function isMessage(request: HttpRequest): request is HttpRequest & IncomingMessage {
  return 'rawHeaders' in request;
}

import type { RequestMessage } from '../transport/guarded-request.js';
import { memberOf } from '../transport/member-of.js';
import { isRecord } from './graphql-call.js';

/** Source of an operation. */
export type GraphqlSource =
  | { readonly kind: 'http'; readonly message: RequestMessage; readonly request: object }
  | {
      readonly kind: 'socket';
      readonly handshake: RequestMessage;
      /** Payload of the client's `connection_init`. */
      readonly payload: unknown;
      /** Object that can be closed: the socket of `ws`, if the driver exposes it. */
      readonly socket: unknown;
    };

/**
 * Finds the request behind an operation: `context.req` of Apollo and of Mercurius over HTTP,
 * `context.req.extra.request` of Apollo over `graphql-ws`, `context.request` of Mercurius over a
 * socket. Undefined if the context holds none of them.
 */
export function sourceOf(context: object): GraphqlSource | undefined {
  const request = memberOf(context, 'req');
  const extra = memberOf(request, 'extra') ?? memberOf(context, 'extra');
  const upgraded = messageIn(memberOf(extra, 'request'));
  if (upgraded !== undefined) {
    const params = memberOf(request, 'connectionParams') ?? memberOf(context, 'connectionParams');
    const socket = memberOf(extra, 'socket');
    return { kind: 'socket', handshake: upgraded, payload: params, socket };
  }
  if (isRecord(context) && '_connectionInit' in context) {
    const handshake = messageIn(context['request']);
    const payload = context['_connectionInit'];
    return handshake && { kind: 'socket', handshake, payload, socket: undefined };
  }
  const message = messageIn(request);
  if (message === undefined || !isRecord(request)) return undefined;
  return { kind: 'http', message, request };
}

/** Returns the message itself, or the one behind a request of Fastify. */
function messageIn(request: unknown): RequestMessage | undefined {
  const raw = memberOf(request, 'raw') ?? request;
  return isMessage(raw) ? raw : undefined;
}

function isMessage(value: unknown): value is RequestMessage {
  return isRecord(value) && Array.isArray(value['rawHeaders']) && isRecord(value['headers']);
}

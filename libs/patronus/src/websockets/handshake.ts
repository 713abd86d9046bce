import type { IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import { PatronusError } from '../errors/patronus.error.js';
import type { RequestMessage } from '../transport/guarded-request.js';
import { isIoClient, isWsClient } from './socket-client.js';

/**
 * Subprotocol that carries a token for pages that cannot set a header: `patronus.bearer.<token>`.
 */
const BEARER = 'patronus.bearer.';

/**
 * Headers that Socket.IO's `auth` may add: the tenant, or an API key. Never `Origin` or `Cookie`.
 */
const ADDED = /^x-[a-z0-9-]+$/;

type Header = readonly [name: string, value: string];

/**
 * Returns the handshake of a connection as a request: its headers, and the values that the client
 * could only send beside them. A value that is sent in both places counts as sent twice, as on
 * HTTP.
 *
 * @param request - the request that the adapter provides beside the client; Socket.IO keeps it on
 * the client
 * @throws {PatronusError} `invalid_request` if a credential is not text, `transport_unsupported` if
 * the adapter does not provide the handshake
 */
export function handshakeOf(client: unknown, request: unknown): RequestMessage {
  if (isIoClient(client)) return withHeaders(client.request, headersOfAuth(client.handshake.auth));
  return withHeaders(request, headersOfProtocol(client, request));
}

function withHeaders(request: unknown, added: readonly Header[]): RequestMessage {
  if (!isRequest(request)) {
    throw new PatronusError('transport_unsupported', {
      reason: 'the WebSocket adapter provides no handshake request for the connection',
    });
  }
  const { rawHeaders, method, url, socket } = request;
  const headers: IncomingHttpHeaders = { ...request.headers };
  for (const [name, value] of added) {
    const known = headers[name];
    if (name === 'authorization') headers.authorization ??= value;
    else headers[name] = known === undefined ? value : [known, value].flat().join(', ');
  }
  return {
    headers,
    rawHeaders: [...rawHeaders, ...added.flat()],
    method,
    url,
    socket: socket instanceof Socket ? socket : undefined,
    opensSocket: true,
  };
}

function headersOfAuth(auth: unknown): readonly Header[] {
  if (typeof auth !== 'object' || auth === null) return [];
  return Object.entries(auth).flatMap(([member, value]: [string, unknown]): readonly Header[] => {
    const name = member.toLowerCase();
    const isToken = member === 'token';
    if ((!isToken && !ADDED.test(name)) || value === undefined || value === null) return [];
    if (typeof value !== 'string') {
      throw new PatronusError('invalid_request', { reason: 'a member of auth is not text' });
    }
    return [isToken ? ['authorization', `Bearer ${value}`] : [name, value]];
  });
}

/**
 * Reads the token of the subprotocol. It must follow another subprotocol: a server that chooses the
 * one with the token would send the token back, for proxies to log.
 */
function headersOfProtocol(client: unknown, request: unknown): readonly Header[] {
  if (!isRequest(request)) return [];
  if (isWsClient(client) && String(client.protocol).startsWith(BEARER)) {
    const reason = 'the subprotocol with the token is the first one';
    throw new PatronusError('invalid_request', { reason });
  }
  const offered = request.headers['sec-websocket-protocol']?.split(',') ?? [];
  return offered
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol.startsWith(BEARER))
    .map((protocol) => ['authorization', `Bearer ${protocol.slice(BEARER.length)}`]);
}

function isRequest(request: unknown): request is RequestMessage {
  if (typeof request !== 'object' || request === null) return false;
  if (!('headers' in request && 'rawHeaders' in request)) return false;
  return typeof request.headers === 'object' && Array.isArray(request.rawHeaders);
}

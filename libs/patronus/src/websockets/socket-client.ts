import type { PatronusError } from '../errors/patronus.error.js';
import { refusalOf } from './refusal.js';

/** Members of a socket of Socket.IO that are used here. */
export interface IoClient {
  readonly connected: boolean;
  readonly handshake: { readonly auth?: unknown };
  readonly request: unknown;
  emit(event: string, payload: unknown): unknown;
  disconnect(): unknown;
}

/**
 * Members of a socket of `ws`, or of anything that looks like a `WebSocket`, that are used here.
 */
export interface WsClient {
  readonly readyState: number;
  /** Subprotocol that the server chose. */
  readonly protocol?: unknown;
  send(text: string): unknown;
  close(code: number, reason: string): unknown;
  pause?(): void;
  resume?(): void;
}

/** Value of `WebSocket.OPEN`. */
const OPEN = 1;

export function isIoClient(client: unknown): client is IoClient {
  return (
    has(client, 'handshake', 'object') &&
    has(client, 'emit', 'function') &&
    has(client, 'disconnect', 'function')
  );
}

export function isWsClient(client: unknown): client is WsClient {
  return (
    has(client, 'readyState', 'number') &&
    has(client, 'send', 'function') &&
    has(client, 'close', 'function')
  );
}

/** Returns true if the connection is open in both directions. */
export function isOpen(client: unknown): boolean {
  if (isWsClient(client)) return client.readyState === OPEN;
  return isIoClient(client) && client.connected;
}

/**
 * Stops reading from the network until {@link resume}: no message is lost, and none is buffered
 * here.
 */
export function pause(client: unknown): void {
  if (isWsClient(client)) client.pause?.();
}

export function resume(client: unknown): void {
  if (isWsClient(client)) client.resume?.();
}

/**
 * Sends the reason, and closes: on `ws` with the code 4000 + the HTTP status (RFC 6455, section
 * 7.4.2).
 */
export function closeClient(client: unknown, error: PatronusError, decisionId: string): void {
  const refusal = refusalOf(error, decisionId);
  if (isWsClient(client)) {
    client.send(JSON.stringify({ event: 'exception', data: refusal }));
    client.close(4000 + error.getStatus(), error.code);
    client.resume?.();
  } else if (isIoClient(client)) {
    client.emit('exception', refusal);
    client.disconnect();
  }
}

function has(client: unknown, member: string, type: 'object' | 'function' | 'number'): boolean {
  if (typeof client !== 'object' || client === null) return false;
  const value: unknown = Reflect.get(client, member);
  return typeof value === type && value !== null;
}

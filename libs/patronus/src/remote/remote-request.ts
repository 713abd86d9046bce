import { fetch, type Dispatcher, type RequestInit } from 'undici';
import { textOf } from '../identity/claim-mapping.js';
import { isJsonObject } from '../identity/json-object.js';
import { routeTo } from './outgoing-route.js';
import { NoConnectionError, OversizedAnswerError } from './remote-errors.js';
import { MAX_BYTES, TOTAL_TIMEOUT } from './remote-limits.js';

/** Codes of errors of Node and undici that occur before a connection is made. */
const NO_CONNECTION =
  /^(?:ECONNREFUSED|E(?:HOST|NET)UNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.+|.*CERT.*|UNABLE_TO_.+)$/;

/** Maximum depth to which the causes of an error are read. */
const MAX_CAUSES = 5;

/** Request to another server. */
export interface RemoteRequest extends Pick<RequestInit, 'method' | 'headers' | 'body'> {
  /** Dispatcher of the application. By default the environment decides: see {@link routeTo}. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Maximum size of a body, in bytes after decompression. Default: {@link MAX_BYTES}. */
  readonly maxBytes?: number | undefined;
  /** Aborts the request before its timeout. */
  readonly signal?: AbortSignal | undefined;
}

/** Answer of another server, with any status. */
export interface RemoteAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** At most `maxBytes` long, without a byte order mark. */
  readonly text: string;
}

/**
 * Sends a request to another server. No redirect is followed: a credential must not reach another
 * host. Connect time, total time and size are bounded by `remote-limits.ts`.
 *
 * @throws {NoConnectionError} if there is no connection; {@link OversizedAnswerError}, or another
 * error. Each names the URL, and the proxy that was used.
 */
export async function remoteRequest(
  url: string,
  { dispatcher, maxBytes = MAX_BYTES, signal, ...init }: RemoteRequest = {},
): Promise<RemoteAnswer> {
  let name = url;
  try {
    const destination = destinationOf(url, dispatcher);
    ({ name } = destination);
    const response = await fetch(url, {
      ...init,
      dispatcher: destination.dispatcher,
      redirect: 'error',
      signal: endOf(signal),
    });
    const body = response.body === null ? [] : await readBody(response.body, maxBytes);
    if (body === undefined) {
      throw new OversizedAnswerError(`Cannot fetch ${name}: more than ${maxBytes} bytes`);
    }
    const text = new TextDecoder().decode(Buffer.concat(body));
    return { status: response.status, headers: response.headers, text };
  } catch (cause) {
    if (cause instanceof OversizedAnswerError) throw cause;
    const message = `Cannot fetch ${name}: ${problemOf(cause)}`;
    throw isUnreachable(cause)
      ? new NoConnectionError(message, { cause })
      : new Error(message, { cause });
  }
}

/** Server that a request is sent to. */
export interface Destination {
  readonly dispatcher: Dispatcher;
  /** URL, and the proxy on the way to it, for messages. */
  readonly name: string;
}

/**
 * Determines the way to a URL.
 *
 * @throws {PatronusConfigurationError} if a proxy variable of the environment is not valid
 */
export function destinationOf(url: string, dispatcher: Dispatcher | undefined): Destination {
  if (dispatcher !== undefined) return { dispatcher, name: url };
  const route = routeTo(new URL(url));
  const way = route.proxy === undefined ? '' : ` through the proxy ${route.proxy}`;
  return { dispatcher: route.dispatcher, name: `${url}${way}` };
}

/** Aborts a request after its timeout, or with `signal`. A signal with a listener is not collected. */
function endOf(signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(TOTAL_TIMEOUT * 1000);
  if (signal === undefined) return timeout;
  const either = new AbortController();
  for (const one of [timeout, signal]) {
    if (one.aborted) either.abort(one.reason);
    one.addEventListener('abort', () => either.abort(one.reason), { once: true });
  }
  return either.signal;
}

/** Reads a body, or no more than `maxBytes` of it: then undefined. */
async function readBody(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<readonly Uint8Array[] | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return chunks;
}

/** Returns true if the connection was not made: name, address, timeout, or TLS. */
function isUnreachable(error: unknown): boolean {
  const cause = isJsonObject(error) ? error['cause'] : undefined;
  const code = isJsonObject(cause) ? textOf(cause['code']) : undefined;
  return code !== undefined && NO_CONNECTION.test(code);
}

/**
 * Describes a failure: undici says "fetch failed", and names the problem in the underlying causes.
 */
export function problemOf(error: unknown): string {
  const message = messageOf(error) ?? 'unknown failure';
  let beneath: string | undefined;
  let cause = isJsonObject(error) ? error['cause'] : undefined;
  for (let depth = 0; depth < MAX_CAUSES && isJsonObject(cause); depth += 1) {
    beneath = messageOf(cause) ?? beneath;
    cause = cause['cause'];
  }
  return beneath === undefined ? message : `${message} (${beneath})`;
}

/**
 * Returns the message of an error, or else its code: an `AggregateError` of connections has no
 * message. Not by `instanceof`: a `DOMException`, or an error of another realm, has a message too.
 */
function messageOf(error: unknown): string | undefined {
  if (!isJsonObject(error)) return undefined;
  return textOf(error['message']) ?? textOf(error['code']);
}

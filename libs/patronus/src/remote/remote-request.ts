import { fetch, type Dispatcher, type RequestInit } from 'undici';
import { textOf } from '../identity/claim-mapping.js';
import { isJsonObject } from '../identity/json-object.js';
import { routeTo } from './outgoing-route.js';
import { NoConnectionError, OversizedAnswerError } from './remote-errors.js';
import { MAX_BYTES, TOTAL_TIMEOUT } from './remote-limits.js';

/** The codes of errors of Node and undici that come before a connection stands. */
const NO_CONNECTION =
  /^(?:ECONNREFUSED|E(?:HOST|NET)UNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.+|.*CERT.*|UNABLE_TO_.+)$/;

/** How far down the causes of an error are read. */
const MAX_CAUSES = 5;

/** A request to another server. */
export interface RemoteRequest extends Pick<RequestInit, 'method' | 'headers' | 'body'> {
  /** The application's own. By default the environment decides: see {@link routeTo}. */
  readonly dispatcher?: Dispatcher | undefined;
  /** The largest body that is read, in bytes after decompression; {@link MAX_BYTES} by default. */
  readonly maxBytes?: number | undefined;
  /** Ends the request before its time is over. */
  readonly signal?: AbortSignal | undefined;
}

/** The answer of another server, whatever the status. */
export interface RemoteAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Never longer than `maxBytes`; a byte order mark is left out. */
  readonly text: string;
}

/**
 * Asks another server. No redirect is followed: a credential must not travel to another host. Time
 * to connect, time in all and size are bounded by `remote-limits.ts`.
 *
 * @throws {NoConnectionError} where there is no connection; {@link OversizedAnswerError}, or another
 * error. Each names the URL, and the proxy on the way to it
 */
export async function remoteRequest(
  url: string,
  { dispatcher, maxBytes = MAX_BYTES, signal, ...init }: RemoteRequest = {},
): Promise<RemoteAnswer> {
  let way = '';
  try {
    const route = dispatcher === undefined ? routeTo(new URL(url)) : { dispatcher };
    if (route.proxy !== undefined) way = ` through the proxy ${route.proxy}`;
    const response = await fetch(url, {
      ...init,
      dispatcher: route.dispatcher,
      redirect: 'error',
      signal: endOf(signal),
    });
    const body = response.body === null ? [] : await readBody(response.body, maxBytes);
    if (body === undefined) {
      throw new OversizedAnswerError(`Cannot fetch ${url}${way}: more than ${maxBytes} bytes`);
    }
    const text = new TextDecoder().decode(Buffer.concat(body));
    return { status: response.status, headers: response.headers, text };
  } catch (cause) {
    if (cause instanceof OversizedAnswerError) throw cause;
    const message = `Cannot fetch ${url}${way}: ${problemOf(cause)}`;
    throw isUnreachable(cause)
      ? new NoConnectionError(message, { cause })
      : new Error(message, { cause });
  }
}

/** Ends a request after its time, or with `signal`. A signal that has a listener is not collected. */
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

/** Whether the connection was not made: name, address, time-out, or TLS. */
function isUnreachable(error: unknown): boolean {
  const cause = isJsonObject(error) ? error['cause'] : undefined;
  const code = isJsonObject(cause) ? textOf(cause['code']) : undefined;
  return code !== undefined && NO_CONNECTION.test(code);
}

/** Describes a failure: undici says "fetch failed", and names the problem in the causes beneath. */
function problemOf(error: unknown): string {
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
 * The message of an error, or else its code: an `AggregateError` of connections has no message. Not by
 * `instanceof`: a `DOMException`, or an error of another realm, has a message too.
 */
function messageOf(error: unknown): string | undefined {
  if (!isJsonObject(error)) return undefined;
  return textOf(error['message']) ?? textOf(error['code']);
}

import { request, type Dispatcher } from 'undici';
import { destinationOf, problemOf } from './remote-request.js';
import { TOTAL_TIMEOUT } from './remote-limits.js';

/** Request for an answer that is read as it arrives. */
export interface StreamRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Dispatcher of the application. By default the environment decides. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Ends the answer. */
  readonly signal: AbortSignal;
}

/** Answer of another server, with any status. Its body has no end that is known in advance. */
export interface RemoteStream {
  readonly status: number;
  header(name: string): string | undefined;
  /** Throws an error that names the URL and the proxy that was used if the connection fails. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Closes the connection. */
  close(): void;
}

/**
 * Opens a stream of another server. No redirect is followed. Connect time and the time until the
 * headers are bounded. The body is not: the caller decides for how long a silent server is trusted.
 *
 * @throws {Error} if there is no answer; names the URL, and the proxy that was used
 */
export async function openRemoteStream(url: string, asked: StreamRequest): Promise<RemoteStream> {
  let name = url;
  const described = (cause: unknown): Error =>
    new Error(`Cannot read ${name}: ${problemOf(cause)}`, { cause });
  try {
    const destination = destinationOf(url, asked.dispatcher);
    ({ name } = destination);
    const { statusCode, headers, body } = await request(url, {
      headers: asked.headers,
      dispatcher: destination.dispatcher,
      signal: asked.signal,
      headersTimeout: TOTAL_TIMEOUT * 1000,
      bodyTimeout: 0,
    });
    // A body that is closed before its end reports that as an error.
    body.on('error', () => {});
    return {
      status: statusCode,
      header(one) {
        const value = headers[one];
        return Array.isArray(value) ? value[0] : value;
      },
      chunks: describing(body, described),
      close: () => void body.destroy(),
    };
  } catch (cause) {
    throw described(cause);
  }
}

async function* describing(
  chunks: AsyncIterable<Uint8Array>,
  described: (cause: unknown) => Error,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    throw described(cause);
  }
}

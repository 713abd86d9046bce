import { Agent, fetch, type RequestInit } from 'undici';
import { isJsonObject } from '../identity/json-object.js';
import { CONNECT_TIMEOUT, MAX_BYTES, TOTAL_TIMEOUT } from './remote-limits.js';

const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT * 1000 } });

/** What another server answered, whatever the status. */
export interface RemoteAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Never longer than `maxBytes`. */
  readonly text: string;
}

/**
 * Asks another server. No redirect is followed: a credential must not travel to another host. Time
 * to connect, time in all and size are bounded by `remote-limits.ts`.
 *
 * @throws an error that names the URL, with the error beneath it as its cause
 */
export async function remoteRequest(
  url: string,
  init: Pick<RequestInit, 'method' | 'headers' | 'body'> = {},
  maxBytes = MAX_BYTES,
): Promise<RemoteAnswer> {
  try {
    const response = await fetch(url, {
      ...init,
      dispatcher: agent,
      redirect: 'error',
      signal: AbortSignal.timeout(TOTAL_TIMEOUT * 1000),
    });
    const text = response.body === null ? '' : await readBody(response.body, maxBytes);
    return { status: response.status, headers: response.headers, text };
  } catch (cause) {
    throw new Error(`Cannot fetch ${url}: ${problemOf(cause)}`, { cause });
  }
}

async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** undici says "fetch failed", and what failed in the cause. */
function problemOf(error: unknown): string {
  const beneath = isJsonObject(error) ? messageOf(error['cause']) : undefined;
  const message = messageOf(error) ?? 'unknown failure';
  return beneath === undefined ? message : `${message} (${beneath})`;
}

/** Not by `instanceof`: a `DOMException`, or an error of another realm, has a message too. */
function messageOf(error: unknown): string | undefined {
  const message = isJsonObject(error) ? error['message'] : undefined;
  return typeof message === 'string' && message !== '' ? message : undefined;
}

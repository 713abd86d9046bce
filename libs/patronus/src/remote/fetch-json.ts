import type { Dispatcher } from 'undici';
import { remoteRequest, type RemoteAnswer } from './remote-request.js';

/**
 * Requests a JSON document of another server, and accepts any status.
 *
 * @throws {Error} if there is no answer, or it is late or too large; names the URL
 */
export function requestJson(
  url: string,
  dispatcher?: Dispatcher,
  signal?: AbortSignal,
): Promise<RemoteAnswer> {
  return remoteRequest(url, { headers: { accept: 'application/json' }, dispatcher, signal });
}

/**
 * Fetches a JSON document of another server.
 *
 * @throws {Error} if the answer is not 200, not JSON, late, or too large; names the URL
 */
export async function fetchJson(url: string, dispatcher?: Dispatcher): Promise<unknown> {
  return readJson(url, await requestJson(url, dispatcher));
}

/**
 * Reads a JSON document from an answer.
 *
 * @throws {Error} if the answer is not 200, or not JSON; names the URL
 */
export function readJson(url: string, { status, text }: RemoteAnswer): unknown {
  if (status !== 200) throw new Error(`Cannot fetch ${url}: status ${status}`);
  return parseJson(url, text);
}

/**
 * Parses a JSON document.
 *
 * @throws {Error} if the text is not JSON; names the URL, and repeats no part of the text
 */
export function parseJson(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`Cannot read ${url}: the answer is not JSON`);
  }
}

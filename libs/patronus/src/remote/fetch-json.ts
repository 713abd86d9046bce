import type { Dispatcher } from 'undici';
import { remoteRequest, type RemoteAnswer } from './remote-request.js';

/**
 * Asks for a JSON document of another server, whatever the status of the answer.
 *
 * @throws {Error} that names the URL, where no answer comes, or one that is late or too large
 */
export function requestJson(url: string, dispatcher?: Dispatcher): Promise<RemoteAnswer> {
  return remoteRequest(url, { headers: { accept: 'application/json' }, dispatcher });
}

/**
 * Fetches a JSON document of another server.
 *
 * @throws {Error} that names the URL, where the answer is not 200, not JSON, late, or too large
 */
export async function fetchJson(url: string, dispatcher?: Dispatcher): Promise<unknown> {
  return readJson(url, await requestJson(url, dispatcher));
}

/** @throws {Error} that names the URL, where the answer is not 200, or not JSON */
export function readJson(url: string, { status, text }: RemoteAnswer): unknown {
  if (status !== 200) throw new Error(`Cannot fetch ${url}: status ${status}`);
  return parseJson(url, text);
}

/** @throws {Error} that names the URL, where the text is not JSON; it repeats nothing of the text */
export function parseJson(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`Cannot read ${url}: the answer is not JSON`);
  }
}

import { remoteRequest } from './remote-request.js';

/**
 * Fetches a JSON document of another server.
 *
 * @throws an error that names the URL, where the answer is not 200, not JSON, late, or too large
 */
export async function fetchJson(url: string): Promise<unknown> {
  const { status, text } = await remoteRequest(url, { headers: { accept: 'application/json' } });
  if (status !== 200) throw new Error(`Cannot fetch ${url}: status ${status}`);
  return parseJson(url, text);
}

/** @throws an error that names the URL, where the text is not JSON; it repeats nothing of the text */
export function parseJson(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`Cannot read ${url}: the answer is not JSON`);
  }
}

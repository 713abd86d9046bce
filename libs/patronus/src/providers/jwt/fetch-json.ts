import { FETCH_MAX_BYTES, FETCH_TIMEOUT } from './key-policy.js';

async function readBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > FETCH_MAX_BYTES) throw new Error(`more than ${FETCH_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/**
 * Fetches a JSON document of an issuer. No redirect is followed, and neither time nor size is open.
 *
 * @throws an error that names the URL, with the error beneath it as its cause
 */
export async function fetchJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(FETCH_TIMEOUT * 1000),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    return JSON.parse(response.body === null ? '' : await readBody(response.body));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : 'unknown failure';
    throw new Error(`Cannot fetch ${url}: ${problem}`, { cause });
  }
}

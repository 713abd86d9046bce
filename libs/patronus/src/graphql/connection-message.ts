import type { RequestMessage } from '../transport/guarded-request.js';
import { isRecord } from './graphql-call.js';

/**
 * Members of `connection_init` that count as headers. Headers that a browser sets for the page that
 * opened the socket (`Origin`, `Host`, `Sec-Fetch-…`, `Cookie`) never count: an untrusted page may
 * write the payload.
 */
const SPOKEN = /^(?:authorization|x-(?!forwarded|real-ip|original-|http-)[\w-]+)$/;

/**
 * Returns the handshake of a socket with the headers that its `connection_init` adds. It may not
 * repeat a header.
 */
export function connectionMessage(
  handshake: RequestMessage,
  payload: unknown,
  names: ReadonlySet<string>,
): RequestMessage {
  const spoken = Object.entries(isRecord(payload) ? payload : {})
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter((entry): entry is readonly [string, string] => {
      const [name, value] = entry;
      return typeof value === 'string' && (SPOKEN.test(name) || names.has(name));
    });
  return {
    headers: { ...handshake.headers, ...Object.fromEntries(spoken) },
    rawHeaders: [...handshake.rawHeaders, ...spoken.flat()],
    method: handshake.method,
    url: handshake.url,
    socket: handshake.socket,
    opensSocket: true,
  };
}

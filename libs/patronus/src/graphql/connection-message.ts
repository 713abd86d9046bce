import type { RequestMessage } from '../transport/guarded-request.js';
import { isRecord } from './graphql-call.js';

/**
 * What `connection_init` may say as a header would. Never what a browser says of the page that opened
 * the socket (`Origin`, `Host`, `Sec-Fetch-…`, `Cookie`): a page that is not trusted writes the payload.
 */
const SPOKEN = /^(?:authorization|x-(?!forwarded|real-ip|original-|http-)[\w-]+)$/;

/** The handshake of a socket, with what its `connection_init` adds to it: a header may not repeat one. */
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

import type { JsonObject } from '../../identity/json-object.js';
import { askAboutToken } from '../../remote/ask-about-token.js';
import type { ProveClient } from '../../remote/client-proof.js';
import type { Network } from '../../remote/network.options.js';
import { RefusedClientError } from '../../remote/remote-errors.js';
import { unclear, type Verdict } from '../../remote/verdict.js';

/** Introspection endpoint, with its request settings. */
export interface Endpoint {
  readonly url: string;
  readonly network: Network;
  readonly proveClient: ProveClient;
  readonly judge: (answer: JsonObject) => Verdict;
}

/**
 * Sends a token to the endpoint (RFC 7662, section 2.1).
 *
 * @throws {Error} if the server fails. An answer 401 is a failure as well: it refuses this
 * application, and not the caller (section 2.3).
 */
export async function introspect(
  { url, network: { dispatcher }, proveClient, judge }: Endpoint,
  token: string,
  signal?: AbortSignal,
): Promise<Verdict> {
  const { headers, form } = await proveClient();
  const body = new URLSearchParams({ token, token_type_hint: 'access_token', ...form }).toString();
  return askAboutToken({
    url,
    request: {
      method: 'POST',
      headers: {
        ...headers,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
      dispatcher,
      signal,
    },
    judgeStatus(status) {
      const said = `${url} refuses this application's own client credentials: status ${status}`;
      const remedy =
        'Check introspection.clientId, and introspection.clientSecret or introspection.key.';
      if (status === 401) throw new RefusedClientError(said, remedy);
      return status === 403 ? unclear(said, remedy) : undefined;
    },
    judge,
  });
}

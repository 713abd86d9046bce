import type { JsonObject } from '../../identity/json-object.js';
import { readVerdict } from '../../remote/read-verdict.js';
import { MAX_ANSWER_BYTES } from '../../remote/remote-limits.js';
import { remoteRequest } from '../../remote/remote-request.js';
import type { Verdict } from '../../remote/verdict.js';
import type { ProveClient } from './client-authentication.js';

/**
 * Asks about a token (RFC 7662, section 2.1).
 *
 * @throws where the server gives no answer. 401 and 403 are none: they speak of this application, and
 * not of the caller (section 2.3)
 */
export async function introspect(
  url: string,
  token: string,
  proveClient: ProveClient,
  judge: (answer: JsonObject) => Verdict,
): Promise<Verdict> {
  const { headers, form } = await proveClient();
  const body = new URLSearchParams({ token, token_type_hint: 'access_token', ...form }).toString();
  const answer = await remoteRequest(
    url,
    {
      method: 'POST',
      headers: {
        ...headers,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
    },
    MAX_ANSWER_BYTES,
  );
  if (answer.status === 401 || answer.status === 403) {
    throw new Error(
      `${url} refuses this application's own client credentials: status ${answer.status}`,
    );
  }
  return readVerdict(url, answer, judge);
}

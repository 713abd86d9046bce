import type { JsonObject } from '../../identity/json-object.js';
import { readVerdict } from '../../remote/read-verdict.js';
import { MAX_ANSWER_BYTES } from '../../remote/remote-limits.js';
import { remoteRequest } from '../../remote/remote-request.js';
import { refused, type Verdict } from '../../remote/verdict.js';

/** How an Auth API says that it does not know the caller. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403]);

/** Asks an Auth API who sends a token, with the very header that came with it (RFC 6750, section 2.1). */
export async function askAuthApi(
  url: string,
  token: string,
  judge: (answer: JsonObject) => Verdict,
): Promise<Verdict> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const answer = await remoteRequest(url, { headers }, MAX_ANSWER_BYTES);
  if (REFUSALS.has(answer.status)) return refused(`${url} answers with status ${answer.status}`);
  return readVerdict(url, answer, judge);
}

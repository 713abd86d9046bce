import { isJsonObject, type JsonObject } from '../identity/json-object.js';
import { parseJson } from './fetch-json.js';
import type { RemoteAnswer } from './remote-request.js';
import { refused, type Verdict } from './verdict.js';

/** What an odd token can bring about by itself, so that it must not count as an outage. */
const BLAMES_THE_REQUEST: ReadonlySet<number> = new Set([400, 422]);

/** The request is larger than the server takes, and the token is the only part of it that varies. */
const TOO_LARGE: ReadonlySet<number> = new Set([413, 431]);

/**
 * Reads the answer to a question about a token, where its status does not say it all already.
 *
 * @throws where it is no answer: any other status than 200, no JSON object
 */
export function readVerdict(
  url: string,
  { status, text }: RemoteAnswer,
  judge: (answer: JsonObject) => Verdict,
): Verdict {
  if (TOO_LARGE.has(status)) return refused(`${url} does not take a token of that length`);
  if (BLAMES_THE_REQUEST.has(status)) {
    return { kind: 'unclear', reason: `${url} answers with status ${status}` };
  }
  if (status !== 200) throw new Error(`${url} answers with status ${status}`);
  const answer = parseJson(url, text);
  if (!isJsonObject(answer)) throw new Error(`${url} answers with something that is no object`);
  return judge(answer);
}

import { isJsonObject, type JsonObject } from '../identity/json-object.js';
import { hasUniqueMembers } from '../identity/unique-members.js';
import { parseJson } from './fetch-json.js';
import { MAX_ANSWER_BYTES } from './remote-limits.js';
import { FailingAnswerError, OversizedAnswerError } from './remote-errors.js';
import { type RemoteAnswer, remoteRequest, type RemoteRequest } from './remote-request.js';
import { refused, unclear, type Verdict } from './verdict.js';

/**
 * Statuses for a request that is larger than the server accepts. The token is the only part of it
 * that varies.
 */
const TOO_LARGE: ReadonlySet<number> = new Set([413, 431]);

/** Status with which the server asks for fewer requests (RFC 6585, section 4). */
const TOO_MANY_REQUESTS = 429;

/** Request about a token, with the interpretation of the answer. */
export interface Question {
  readonly url: string;
  readonly request: RemoteRequest;
  /**
   * Judges a status that has a special meaning for this kind of server.
   *
   * @throws {Error} if the status says that the server cannot answer any request
   */
  readonly judgeStatus: (status: number) => Verdict | undefined;
  readonly judge: (answer: JsonObject) => Verdict;
}

/**
 * Sends a server a request about one token. Any answer concerns that token alone. An answer that
 * cannot be read makes the verdict unclear.
 *
 * @throws {Error} if the server itself fails: no connection, no complete answer in time, a
 * redirect, 429, or 5xx
 */
export async function askAboutToken(question: Question): Promise<Verdict> {
  const { url, request } = question;
  let answer: RemoteAnswer;
  try {
    answer = await remoteRequest(url, { ...request, maxBytes: MAX_ANSWER_BYTES });
  } catch (error) {
    if (error instanceof OversizedAnswerError) return unclear(error.message);
    throw error;
  }
  return question.judgeStatus(answer.status) ?? readVerdict(question, answer);
}

function readVerdict({ url, judge }: Question, { status, text }: RemoteAnswer): Verdict {
  const said = `${url} answers with status ${status}`;
  if (status >= 500 || status === TOO_MANY_REQUESTS) throw new FailingAnswerError(said);
  if (TOO_LARGE.has(status)) return refused(`${url} does not accept a token of that length`);
  if (status !== 200) return unclear(said);
  let answer: unknown;
  try {
    answer = parseJson(url, text);
  } catch {
    return unclear(`${url} answers with something that is not JSON`);
  }
  if (!isJsonObject(answer)) return unclear(`${url} answers with something that is not an object`);
  if (!hasUniqueMembers(text, answer)) {
    return unclear(
      `${url} answers with an object that names a member twice, or is nested too deep`,
    );
  }
  return judge(answer);
}

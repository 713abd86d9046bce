import type { Dispatcher } from 'undici';
import { askAboutToken } from '../../remote/ask-about-token.js';
import { refused, type Verdict } from '../../remote/verdict.js';
import { judgeAnswer } from './auth-api-answer.js';

/** Statuses with which an Auth API refuses a token. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403]);

/**
 * Requests the caller of a token from an Auth API, with the same header that the caller sent (RFC
 * 6750, section 2.1).
 */
export function askAuthApi(
  url: string,
  token: string,
  dispatcher: Dispatcher | undefined,
  signal?: AbortSignal,
): Promise<Verdict> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  return askAboutToken({
    url,
    request: { headers, dispatcher, signal },
    judgeStatus: (status) =>
      REFUSALS.has(status) ? refused(`${url} answers with status ${status}`) : undefined,
    judge: judgeAnswer,
  });
}

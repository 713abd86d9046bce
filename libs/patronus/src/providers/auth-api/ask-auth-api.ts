import type { Dispatcher } from 'undici';
import { askAboutToken } from '../../remote/ask-about-token.js';
import { refused, type Verdict } from '../../remote/verdict.js';
import { judgeAnswer } from './auth-api-answer.js';

/** The statuses by which an Auth API says that it does not know the caller. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403]);

/** Asks an Auth API who sends a token, with the very header that came with it (RFC 6750, section 2.1). */
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

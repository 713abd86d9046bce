import type { PatronusErrorCode } from '../../errors/error-codes.js';
import type { Answer } from './answer.js';
import { isKnownCode, requireKnownCode } from './known-code.js';
import { readAnswer } from './read-answer.js';

/** Result of a matcher for Jest or Vitest. */
export interface MatcherOutcome {
  readonly pass: boolean;
  readonly message: () => string;
}

type Judged = MatcherOutcome | Promise<MatcherOutcome>;

/**
 * Matchers for `expect.extend()` of Jest and Vitest. They accept every answer that
 * {@link readAnswer} reads, and return a promise for a response of `fetch`.
 *
 * @example
 * expect.extend(patronusMatchers);
 * expect(await request(app.getHttpServer()).get('/patients')).toBeDeniedWith('token_missing');
 */
export const patronusMatchers = {
  /** Passes for a success of any kind. */
  toBeAllowed(received: unknown): Judged {
    return judge(received, 'to be allowed', ({ failed }) => !failed);
  },

  /**
   * Passes for a refusal by Patronus, for any reason. An outage is not a refusal, and neither is a
   * 403 without one of its codes.
   */
  toBeDenied(received: unknown): Judged {
    return judge(
      received,
      'to be denied',
      ({ failed, code }) => failed && isKnownCode(code) && code !== 'provider_unavailable',
    );
  },

  /** Passes for an answer with exactly that code. */
  toBeDeniedWith(received: unknown, expected: PatronusErrorCode): Judged {
    requireKnownCode(expected);
    return judge(
      received,
      `to be denied with ${expected}`,
      ({ failed, code }) => failed && code === expected,
    );
  },
};

function judge(received: unknown, what: string, holds: (answer: Answer) => boolean): Judged {
  const outcomeOf = (answer: Answer): MatcherOutcome => {
    const pass = holds(answer);
    const message = () => `expected the answer ${pass ? 'not ' : ''}${what}: ${describe(answer)}`;
    return { pass, message };
  };
  const answer = readAnswer(received);
  return answer instanceof Promise ? answer.then(outcomeOf) : outcomeOf(answer);
}

/** Describes the answer, with its code and decision id in the log. */
function describe({ status, code, decisionId, failed }: Answer): string {
  const kind = failed ? `an error ${code ?? 'without a code'}` : 'a success';
  const seen = status === undefined ? kind : `status ${status}, ${kind}`;
  return decisionId === undefined ? `it was ${seen}` : `it was ${seen}, decision ${decisionId}`;
}

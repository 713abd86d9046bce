import { textOf, textsOf } from '../../identity/claim-mapping.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import { mismatch } from '../../identity/mismatch.js';
import { type Subject, subjectOf } from '../../identity/subject.js';
import { judgeTimes } from '../../remote/judge-times.js';
import { known, refused, type Refused, type Verdict } from '../../remote/verdict.js';

/** The values that an answer is compared with, beside the clock. */
export interface Expectations {
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  readonly tokenType: string | undefined;
}

/** The names that servers give to other tokens than access tokens. */
const OTHER_TOKENS = /^(?:refresh|offline|id|logout)(?:[_-]?token)?$/i;

/**
 * Judges an answer (RFC 7662, section 2.2). `active` must be exactly true.
 *
 * @throws where it is none: no `active`, nobody that it speaks of, a time that is none
 */
export function judgeIntrospection(answer: JsonObject, expected: Expectations): Verdict {
  const active = member(answer, 'active');
  if (active === false) return refused('the server says that it is not active');
  if (active !== true) throw new Error('the answer has no "active" that is true or false');
  const refusal =
    judgeTimes(answer) ?? judgeKind(answer, expected) ?? judgeOrigin(answer, expected);
  if (refusal !== undefined) return refusal;
  subjectIn(answer);
  return known(answer);
}

/** @throws where the answer names neither a subject nor a client */
export function subjectIn(answer: JsonObject): Subject {
  const subject = subjectOf(answer);
  if (subject !== undefined) return subject;
  throw new Error('the answer has neither a usable "sub" nor a "client_id"');
}

/** A server calls its refresh tokens active too, and some say which kind a token is. */
function judgeKind(answer: JsonObject, { tokenType }: Expectations): Refused | undefined {
  const kinds = ['token_type', 'token_use', 'typ'].map((name) => textOf(member(answer, name)));
  if (kinds.some((kind) => kind !== undefined && OTHER_TOKENS.test(kind))) {
    return refused('no access token');
  }
  if (tokenType === undefined || kinds[0]?.toLowerCase() === tokenType.toLowerCase()) {
    return undefined;
  }
  return refused('not the token_type that is required');
}

function judgeOrigin(answer: JsonObject, { issuer, audience }: Expectations): Refused | undefined {
  const iss = member(answer, 'iss');
  if (issuer !== undefined && iss !== undefined && iss !== issuer) {
    return { kind: 'refused', code: 'issuer_unknown', ...mismatch(answer, ['iss'], [issuer]) };
  }
  const meant = textsOf(member(answer, 'aud'));
  if (audience === undefined || meant.some((one) => audience.includes(one))) return undefined;
  return { kind: 'refused', code: 'token_invalid', ...mismatch(answer, ['aud'], audience) };
}

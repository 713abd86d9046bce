import { textOf, textsOf } from '../../identity/claim-mapping.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import { judgeTimes } from '../../remote/judge-times.js';
import { subjectOf } from '../../remote/subject-of.js';
import { known, refused, unclear, type Refused, type Verdict } from '../../remote/verdict.js';
import type { SubjectFallback } from './introspection.options.js';

/** The options that an answer is held against, beside the clock. */
export interface Expectations {
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  readonly tokenType: string | undefined;
  readonly subjectFallback: readonly SubjectFallback[];
}

/** The caller that an answer names. */
export interface Subject {
  readonly id: string;
  /** Whether the client calls on its own behalf (RFC 6749, section 4.4). */
  readonly isService: boolean;
}

/** What servers call the tokens that are no access tokens, where they tell at all. */
const OTHER_TOKENS = /^(?:refresh|offline|id|logout)(?:[_-]?token)?$/i;

/**
 * Judges an answer (RFC 7662, section 2.2). `active` must be exactly true; an answer that does not say
 * whether the token is active says nothing of it.
 */
export function judgeIntrospection(answer: JsonObject, expected: Expectations): Verdict {
  const active = member(answer, 'active');
  if (active === false) return refused('the server says that it is not active');
  if (active !== true) return unclear('the answer has no "active" that is true or false');
  const refusal =
    judgeTimes(answer) ?? judgeKind(answer, expected) ?? judgeOrigin(answer, expected);
  if (refusal !== undefined) return refusal;
  if (subjectIn(answer, expected) === undefined) {
    const names = ['sub', ...expected.subjectFallback].map((name) => `"${name}"`).join(', ');
    return refused(`the answer does not name the caller: no usable ${names}`);
  }
  return known(answer);
}

/**
 * The caller that an answer names: `sub`, or else the first fallback that is there. Undefined where
 * that one is not usable text: a member that is malformed is not passed over for another caller's name.
 */
export function subjectIn(
  answer: JsonObject,
  { subjectFallback }: Expectations,
): Subject | undefined {
  const names = ['sub', ...subjectFallback];
  const name = names.find((one) => (member(answer, one) ?? undefined) !== undefined);
  const id = name === undefined ? undefined : subjectOf(member(answer, name));
  if (id === undefined) return undefined;
  const isService = name !== 'username' && id === member(answer, 'client_id');
  return { id, isService };
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
    return refused('the answer names another issuer', 'issuer_unknown');
  }
  const aud = member(answer, 'aud');
  const meant = typeof aud === 'string' ? [aud] : textsOf(aud);
  if (audience === undefined || meant.some((one) => audience.includes(one))) return undefined;
  return refused('not for this audience');
}

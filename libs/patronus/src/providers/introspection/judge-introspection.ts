import { textOf, textsOf } from '../../identity/claim-mapping.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import { mismatch } from '../../identity/mismatch.js';
import { identifierOf, type Subject, subjectOf } from '../../identity/subject.js';
import { judgeTimes } from '../../remote/judge-times.js';
import { known, refused, unclear, type Refused, type Verdict } from '../../remote/verdict.js';
import type { SubjectFallback } from './introspection.options.js';

/** Values that an answer is compared with, besides the clock. */
export interface Expectations {
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  readonly tokenType: string | undefined;
  readonly subjectFallback: readonly SubjectFallback[];
}

/** Names that servers give to tokens other than access tokens. */
const OTHER_TOKENS = /^(?:refresh|offline|id|logout)(?:[_-]?token)?$/i;

/**
 * Judges an answer (RFC 7662, section 2.2). `active` must be exactly true. An answer without it is
 * not a verdict on the token.
 */
export function judgeIntrospection(answer: JsonObject, expected: Expectations): Verdict {
  const active = member(answer, 'active');
  if (active === false) return refused('the server says that it is not active');
  if (active !== true) {
    return unclear(
      'the answer has no "active" that is true or false',
      'Let introspection.url be the introspection endpoint of the server (RFC 7662).',
    );
  }
  const refusal =
    judgeTimes(answer) ?? judgeKind(answer, expected) ?? judgeOrigin(answer, expected);
  if (refusal !== undefined) return refusal;
  if (subjectIn(answer, expected) === undefined) {
    const names = ['sub', ...expected.subjectFallback].map((name) => `"${name}"`).join(', ');
    return {
      ...refused(`the answer does not name the caller: no usable ${names}`),
      remedy:
        'Let the server return "sub", or name another member of the answer in introspection.subjectFallback.',
    };
  }
  return known(answer);
}

/**
 * Returns the caller that an answer names: `sub`, or else the first fallback that is present.
 * Undefined if that one is not usable text: a malformed member must not lead to another caller's
 * name.
 */
export function subjectIn(
  answer: JsonObject,
  { subjectFallback }: Expectations,
): Subject | undefined {
  const names = ['sub', ...subjectFallback];
  const name = names.find((one) => (member(answer, one) ?? undefined) !== undefined);
  if (name === 'username') {
    const id = identifierOf(member(answer, name));
    return id === undefined ? undefined : { id, isService: false };
  }
  const speaksForClient = name === 'sub' || subjectFallback.includes('client_id');
  return speaksForClient ? subjectOf(answer) : undefined;
}

/**
 * Judges the kind of the token. A server calls its refresh tokens active too, and some name the
 * kind.
 */
function judgeKind(answer: JsonObject, { tokenType }: Expectations): Refused | undefined {
  const kinds = ['token_type', 'token_use', 'typ'].map((name) => textOf(member(answer, name)));
  if (kinds.some((kind) => kind !== undefined && OTHER_TOKENS.test(kind))) {
    return refused('not an access token');
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

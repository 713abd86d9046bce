import { namesOf, standardFields } from '../../identity/claim-mapping.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import { type Subject, subjectOf } from '../../identity/subject.js';
import { judgeTimes } from '../../remote/judge-times.js';
import { known, unclear, type Verdict } from '../../remote/verdict.js';
import type { RoleAuthority } from './auth-api.options.js';

const NO_ID = 'the answer names no caller: no usable "id" or "sub"';

/**
 * Returns the caller that an answer describes: its `id`, as text or as a number that every parser
 * reads the same, or else its `sub`. An answer with neither describes a program, as a token does.
 */
function subjectIn(answer: JsonObject): Subject | undefined {
  const id = member(answer, 'id') ?? member(answer, 'sub');
  return subjectOf(answer, Number.isSafeInteger(id) ? String(id) : id);
}

/**
 * Returns the caller of an answer.
 *
 * @throws {Error} if the answer names no caller: {@link judgeAnswer} takes none of these
 */
export function requireSubject(answer: JsonObject): Subject {
  const subject = subjectIn(answer);
  if (subject === undefined) throw new Error(NO_ID);
  return subject;
}

/**
 * Judges an answer. An answer that names no caller is not a verdict on the token: it may be an
 * error in disguise.
 */
export function judgeAnswer(answer: JsonObject): Verdict {
  if (subjectIn(answer) === undefined) {
    return unclear(
      NO_ID,
      'Let the Auth API return "id" or "sub", or correct authApi.url and authApi.path.',
    );
  }
  return judgeTimes(answer) ?? known(answer);
}

/**
 * Maps the fields of an answer such as `{ id, email, role }`. `role` is added to the roles of the
 * authority that it belongs to. A `role` that is among the `platform_roles` repeats one of them: it
 * gives no role inside a tenant.
 */
export function answerFields(answer: JsonObject, roleAuthority: RoleAuthority): MappedFields {
  const fields = standardFields(answer);
  const { roles = [], platformRoles = [] } = fields;
  const role = namesOf(answer, 'role').filter((name) => !platformRoles.includes(name));
  const { isService } = requireSubject(answer);
  return roleAuthority === 'platform'
    ? { ...fields, isService, platformRoles: [...new Set([...role, ...platformRoles])] }
    : { ...fields, isService, roles: [...new Set([...role, ...roles])] };
}

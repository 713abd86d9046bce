import { namesOf, standardFields } from '../../identity/claim-mapping.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import { type Subject, subjectOf } from '../../identity/subject.js';
import { judgeTimes } from '../../remote/judge-times.js';
import { known, type Verdict } from '../../remote/verdict.js';
import type { RoleAuthority } from './auth-api.options.js';

/**
 * The caller that an answer describes: its `id`, as text or as a number that every parser reads the
 * same, or else its `sub`. An answer with neither describes a program, as a token does.
 *
 * @throws where the answer names no caller
 */
export function subjectIn(answer: JsonObject): Subject {
  const id = member(answer, 'id') ?? member(answer, 'sub');
  const subject = subjectOf(answer, Number.isSafeInteger(id) ? String(id) : id);
  if (subject !== undefined) return subject;
  throw new Error('the answer has no usable "id"');
}

/** @throws where the answer names no caller, or has a malformed time */
export function judgeAnswer(answer: JsonObject): Verdict {
  subjectIn(answer);
  return judgeTimes(answer) ?? known(answer);
}

/**
 * The fields of an answer such as `{ id, email, role }`. `role` adds to the roles of the authority that
 * it belongs to. A `role` that is among the `platform_roles` repeats one of them: it gives no role
 * inside a tenant.
 */
export function answerFields(answer: JsonObject, roleAuthority: RoleAuthority): MappedFields {
  const fields = standardFields(answer);
  const { roles = [], platformRoles = [] } = fields;
  const role = namesOf(answer, 'role').filter((name) => !platformRoles.includes(name));
  const { isService } = subjectIn(answer);
  return roleAuthority === 'platform'
    ? { ...fields, isService, platformRoles: [...new Set([...role, ...platformRoles])] }
    : { ...fields, isService, roles: [...new Set([...role, ...roles])] };
}

import { standardFields, textOf, textsOf } from '../../identity/claim-mapping.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import { judgeTimes } from '../../remote/judge-times.js';
import { subjectOf } from '../../remote/subject-of.js';
import { known, type Verdict } from '../../remote/verdict.js';

/** The `id` of the caller: text, or a number that every parser reads the same. */
function idOf(answer: JsonObject): string | undefined {
  const id = member(answer, 'id');
  return Number.isSafeInteger(id) ? String(id) : subjectOf(id);
}

/** @throws where the answer names nobody */
export function requireId(answer: JsonObject): string {
  const id = idOf(answer);
  if (id === undefined) throw new Error('the answer has no usable "id"');
  return id;
}

/** @throws where the answer names nobody, or ends at no time */
export function judgeAnswer(answer: JsonObject): Verdict {
  requireId(answer);
  return judgeTimes(answer) ?? known(answer);
}

function namesOf(value: unknown): readonly string[] {
  const name = textOf(value);
  return name === undefined ? textsOf(value) : [name];
}

/** The fields of an answer such as `{ id, email, role }`: one role, or a list, under either name. */
export function answerFields(answer: JsonObject): MappedFields {
  const roles = [...namesOf(member(answer, 'role')), ...namesOf(member(answer, 'roles'))];
  return { ...standardFields(answer), roles: [...new Set(roles)] };
}

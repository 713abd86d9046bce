import { standardFields, textOf, textsOf } from '../../identity/claim-mapping.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import { judgeTimes } from '../../remote/judge-times.js';
import { subjectOf } from '../../remote/subject-of.js';
import { known, unclear, type Verdict } from '../../remote/verdict.js';

const NO_ID = 'the answer has no usable "id"';

/** The `id` of the caller: text, or a number that every parser reads the same. */
function idOf(answer: JsonObject): string | undefined {
  const id = member(answer, 'id');
  return Number.isSafeInteger(id) ? String(id) : subjectOf(id);
}

/** @throws {Error} where the answer has no usable `id`, so that {@link judgeAnswer} does not take it */
export function requireId(answer: JsonObject): string {
  const id = idOf(answer);
  if (id === undefined) throw new Error(NO_ID);
  return id;
}

/** Judges an answer. One without an `id` says nothing of the token: it may be an error in disguise. */
export function judgeAnswer(answer: JsonObject): Verdict {
  if (idOf(answer) === undefined) return unclear(NO_ID);
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

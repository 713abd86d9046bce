import type { AnyMongoAbility, SubjectType } from '@casl/ability';
import { rulesToAST } from '@casl/ability/extra';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { Conditions, ConditionValue } from './conditions.js';

const NOTHING: Conditions = { op: 'or', of: [] };

/**
 * Turns the rules that decide on one object into conditions that find all such objects. No rules
 * give conditions that find nothing.
 *
 * @throws {PatronusConfigurationError} if a rule uses an operator or a value that has no
 * counterpart, because the query could otherwise find too many objects
 * @example
 * const ability = abilities.abilityOf(identity, tenant.id);
 * const { text, params } = toSql(conditionsFor(ability, 'read', 'Appointment'), COLUMNS);
 */
export function conditionsFor(
  ability: AnyMongoAbility,
  action: string,
  subjectType: SubjectType,
): Conditions {
  const tree: unknown = rulesToAST(ability, action, subjectType);
  return tree === null ? NOTHING : translate(tree);
}

function translate(node: unknown): Conditions {
  if (typeof node !== 'object' || node === null || !('operator' in node && 'value' in node)) {
    throw untranslatable('a rule', 'has conditions that cannot be read.');
  }
  const { operator, value } = node;
  if (operator === 'and' || operator === 'or' || operator === 'nor' || operator === 'not') {
    if (!Array.isArray(value))
      throw untranslatable(operator, 'does not hold a list of conditions.');
    const of = value.map(translate);
    if (operator === 'and' || operator === 'or') return { op: operator, of };
    return { op: 'not', of: { op: 'or', of } };
  }
  const field = 'field' in node ? node.field : undefined;
  if (typeof field !== 'string') throw untranslatable(String(operator), 'does not name a field.');
  return ofField(String(operator), field, value);
}

function ofField(operator: string, field: string, value: unknown): Conditions {
  switch (operator) {
    case 'eq':
      return { op: 'eq', field, value: single(field, value) };
    case 'ne':
      return not({ op: 'eq', field, value: single(field, value) });
    case 'in':
      return { op: 'in', field, values: several(field, value) };
    case 'nin':
      return not({ op: 'in', field, values: several(field, value) });
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      const bound = single(field, value);
      if (bound === null || typeof bound === 'boolean') {
        throw untranslatable(field, `$${operator} compares with ${String(bound)}.`);
      }
      return { op: operator, field, value: bound };
    }
    case 'exists':
      if (typeof value === 'boolean') return { op: 'exists', field, value };
      break;
  }
  throw untranslatable(field, `$${operator} has no counterpart.`);
}

function not(of: Conditions): Conditions {
  return { op: 'not', of };
}

function several(field: string, values: unknown): readonly ConditionValue[] {
  if (Array.isArray(values)) return values.map((value) => single(field, value));
  throw untranslatable(field, 'it is compared with something other than a list.');
}

/**
 * Refuses undefined as well. CASL matches objects that lack the field, and a mistyped name easily
 * yields undefined.
 */
function single(field: string, value: unknown): ConditionValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
  const given = value === undefined ? 'undefined' : `an unsupported value (${typeof value})`;
  throw untranslatable(field, `it is compared with ${given}.`);
}

function untranslatable(what: string, problem: string): PatronusConfigurationError {
  return new PatronusConfigurationError(
    `conditionsFor(): ${what}`,
    problem,
    'A filter takes texts, numbers, booleans, dates and null, with $eq, $ne, $in, $nin, $lt, $lte, $gt, $gte, $exists, $and, $or and $not.',
  );
}

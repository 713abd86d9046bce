import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { Column, ColumnType } from './column.js';
import type { ConditionValue } from './conditions.js';

/** Value as a parameter of a statement, with the type that PostgreSQL casts it to. */
export interface Operand {
  readonly value: string | number | boolean;
  readonly cast: string;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** NUL and lone surrogates, which PostgreSQL cannot store in text. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;
/**
 * Characters from which on the order of UTF-16, which CASL uses, differs from that of code points.
 */
const ORDERED_OTHERWISE = /[\uD800-\uFFFF]/;

/**
 * Returns the operand that a column equals if the field of its row is `value`, or undefined if no
 * such column can hold it.
 *
 * @throws {PatronusConfigurationError} if column and value are of different types
 */
export function equalTo(field: string, column: Column, value: Exclude<ConditionValue, null>) {
  requireSameType(field, column, value);
  if (typeof value === 'string') {
    const storable = column.type === 'uuid' ? UUID.test(value) : !UNSTORABLE.test(value);
    if (!storable) return undefined;
  }
  if (column.type === 'integer' && !Number.isSafeInteger(value)) return undefined;
  return operand(column, value);
}

/**
 * Returns the operand that a column is ordered by.
 *
 * @throws {PatronusConfigurationError} if the column is of another type, or PostgreSQL orders it
 * differently
 */
export function orderedBy(field: string, column: Column, value: string | number | Date): Operand {
  requireSameType(field, column, value);
  if (column.type === 'uuid') throw incomparable(field, 'a uuid cannot be ordered.');
  if (typeof value === 'string' && (ORDERED_OTHERWISE.test(value) || UNSTORABLE.test(value))) {
    throw incomparable(field, 'CASL and PostgreSQL order this text differently.');
  }
  return operand(column, value);
}

function operand({ type }: Column, value: Exclude<ConditionValue, null>): Operand {
  if (value instanceof Date) return { value: value.toISOString(), cast: 'timestamptz' };
  if (typeof value !== 'number') return { value, cast: type };
  const isWhole = type === 'integer' && Number.isSafeInteger(value);
  return { value, cast: isWhole ? 'bigint' : 'double precision' };
}

const TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'string',
  uuid: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  timestamptz: 'date',
};

/**
 * Requires that column and value have the same type. For a rule with the number 42, PostgreSQL
 * would find the text 42, and CASL would not.
 */
function requireSameType(field: string, { type }: Column, value: ConditionValue): void {
  const given = value instanceof Date ? 'date' : typeof value;
  if (Object.hasOwn(TYPES, type) && TYPES[type] === given) return;
  throw incomparable(field, `a ${type} is compared with a ${given}.`);
}

function incomparable(field: string, problem: string): PatronusConfigurationError {
  return new PatronusConfigurationError(
    `columns.${field}`,
    problem,
    'Correct the rule, or the type of the column.',
  );
}

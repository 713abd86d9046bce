import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { type Column, columnOf, type Columns, quoted } from './column.js';
import { equalTo, type Operand, orderedBy } from './comparable.js';
import type { Conditions, ConditionValue, Ordering } from './conditions.js';

/** Condition for a `where` clause of PostgreSQL, in parentheses if it needs them. */
export interface SqlFilter {
  /** Text with `$1`, `$2`, … in place of the values. */
  readonly text: string;
  readonly params: readonly (string | number | boolean)[];
}

/** Options of {@link toSql}. */
export interface SqlFilterOptions {
  /** Number of its first parameter. Default: 1. */
  readonly firstParameter?: number | undefined;
}

const SIGNS: Readonly<Record<Ordering, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

/**
 * Writes conditions as SQL of PostgreSQL that finds exactly the rows that the rules let through one
 * by one. Values are parameters. Only the listed columns are used.
 *
 * It follows CASL where SQL differs: null is less than everything but negative numbers, and every
 * column of a row exists, even if it is null.
 *
 * @throws {PatronusConfigurationError} if a field is not listed, or cannot be compared in this way
 * @example
 * const COLUMNS: Columns = {
 *   empresaId: { name: 'empresa_id', type: 'text' },
 *   doctorId: { name: 'doctor_id', type: 'uuid' },
 * };
 * const { text, params } = toSql(conditions, COLUMNS);
 * await client.query(`select * from appointments where ${text}`, [...params]);
 */
export function toSql(
  conditions: Conditions,
  columns: Columns,
  options: SqlFilterOptions = {},
): SqlFilter {
  checkMembers('toSql', options, ['firstParameter']);
  const { firstParameter = 1 } = options;
  checkPositiveInteger('firstParameter', firstParameter);
  const writer = new SqlWriter(columns, firstParameter);
  return { text: writer.write(conditions), params: writer.params };
}

/**
 * Writes one condition after the other. It is not `@ucast/sql`, an alpha that follows SQL for null: its
 * `not` loses rows, its empty `in` is not valid, and it does not escape the names of columns.
 */
class SqlWriter {
  readonly params: (string | number | boolean)[] = [];

  constructor(
    private readonly columns: Columns,
    private readonly firstParameter: number,
  ) {}

  write(conditions: Conditions): string {
    if (conditions.op === 'not') return `(not ${this.write(conditions.of)})`;
    if ('of' in conditions) {
      const parts = conditions.of.map((part) => this.write(part));
      if (parts.length === 0) return conditions.op === 'and' ? 'true' : 'false';
      return `(${parts.join(` ${conditions.op} `)})`;
    }
    if (conditions.op === 'eq') return this.in(conditions.field, [conditions.value]);
    if (conditions.op === 'in') return this.in(conditions.field, conditions.values);
    if (conditions.op === 'exists') {
      columnOf(this.columns, conditions.field);
      return conditions.value ? 'true' : 'false';
    }
    return this.ordered(conditions.op, conditions.field, conditions.value);
  }

  /** Writes an expression that is never null itself, so that `not` of it is its opposite. */
  private in(field: string, values: readonly ConditionValue[]): string {
    const column = columnOf(this.columns, field);
    const name = quoted(column);
    const operands = values
      .filter((value) => value !== null)
      .map((value) => equalTo(field, column, value))
      .filter((operand) => operand !== undefined);
    const orNull = values.includes(null);
    if (operands.length === 0) return orNull ? `(${name} is null)` : 'false';
    const list = operands.map((operand) => this.parameter(operand)).join(', ');
    const found = `${comparedAs(column)} ${operands.length === 1 ? `= ${list}` : `in (${list})`}`;
    return orNull ? `(${found} or ${name} is null)` : `(${found} and ${name} is not null)`;
  }

  private ordered(op: Ordering, field: string, value: string | number | Date): string {
    const column = columnOf(this.columns, field);
    const name = quoted(column);
    const parameter = this.parameter(orderedBy(field, column, value));
    const collation = column.type === 'text' ? ' collate "C"' : '';
    const upwards = op === 'gt' || op === 'gte';
    let found = `${comparedAs(column)}${collation} ${SIGNS[op]} ${parameter}`;
    if (column.type === 'number') {
      found = upwards ? `${found} and ${name} <> 'NaN'` : `(${found} or ${name} = 'NaN')`;
    }
    const isNullAbove = 0 > Number(value);
    return upwards === isNullAbove
      ? `(${found} or ${name} is null)`
      : `(${found} and ${name} is not null)`;
  }

  private parameter({ value, cast }: Operand): string {
    this.params.push(value);
    return `$${this.firstParameter + this.params.length - 1}::${cast}`;
  }
}

/** Truncates to milliseconds: a JavaScript date holds no microseconds. */
function comparedAs(column: Column): string {
  const name = quoted(column);
  return column.type === 'timestamptz' ? `date_trunc('milliseconds', ${name})` : name;
}

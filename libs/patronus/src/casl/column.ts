import { PatronusConfigurationError } from '../errors/configuration.error.js';

/**
 * Type of a column, which determines how it compares: `text` (also varchar, with a deterministic
 * collation), `uuid`, `integer` (also smallint), `number` (double precision; also numeric, if it is
 * read as a number), `boolean`, `timestamptz`.
 */
export type ColumnType = 'text' | 'uuid' | 'integer' | 'number' | 'boolean' | 'timestamptz';

/** PostgreSQL column that a field of the resource comes from. */
export interface Column {
  /** Name of the column, with or without that of its table: `empresa_id`, `a.empresa_id`. */
  readonly name: string;
  readonly type: ColumnType;
}

/** Columns that rules may use, by the name of the field. */
export type Columns = Readonly<Record<string, Column>>;

const NAME = /^[A-Za-z_][A-Za-z0-9_$]*(?:\.[A-Za-z_][A-Za-z0-9_$]*){0,2}$/;

/**
 * Returns the column of a field.
 *
 * @throws {PatronusConfigurationError} if the field is not listed
 */
export function columnOf(columns: Columns, field: string): Column {
  const column = Object.hasOwn(columns, field) ? columns[field] : undefined;
  if (column !== undefined) return column;
  throw new PatronusConfigurationError(
    `columns.${field}`,
    'is not listed, but a rule uses it.',
    "List it, such as { doctorId: { name: 'doctor_id', type: 'uuid' } }.",
  );
}

/**
 * Returns a column's name, quoted for a statement.
 *
 * @throws {PatronusConfigurationError} if it is not a plain name
 */
export function quoted({ name }: Column): string {
  if (NAME.test(name)) return name.replaceAll(/[^.]+/g, '"$&"');
  throw new PatronusConfigurationError(
    `columns: ${name}`,
    'is not the name of a column.',
    'Write letters, digits and underscores, and dots between schema, table and column.',
  );
}

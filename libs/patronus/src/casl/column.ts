import { PatronusConfigurationError } from '../errors/configuration.error.js';

/**
 * What a column holds, which says how it compares: `text` (also varchar, with a deterministic
 * collation), `uuid`, `integer` (also smallint), `number` (double precision; also numeric, where it
 * is read as a number), `boolean`, `timestamptz`.
 */
export type ColumnType = 'text' | 'uuid' | 'integer' | 'number' | 'boolean' | 'timestamptz';

/** The column of PostgreSQL that a field of the resource comes from. */
export interface Column {
  /** Its name, with or without that of its table: `empresa_id`, `a.empresa_id`. */
  readonly name: string;
  readonly type: ColumnType;
}

/** The columns that rules may speak of, by the name of the field. */
export type Columns = Readonly<Record<string, Column>>;

const NAME = /^[A-Za-z_][A-Za-z0-9_$]*(?:\.[A-Za-z_][A-Za-z0-9_$]*){0,2}$/;

/**
 * The column of a field.
 *
 * @throws {PatronusConfigurationError} where the field is not listed
 */
export function columnOf(columns: Columns, field: string): Column {
  const column = Object.hasOwn(columns, field) ? columns[field] : undefined;
  if (column !== undefined) return column;
  throw new PatronusConfigurationError(
    `columns.${field}`,
    'is not listed, and a rule speaks of it.',
    "List it, such as { doctorId: { name: 'doctor_id', type: 'uuid' } }.",
  );
}

/**
 * A column's name as it stands in a statement.
 *
 * @throws {PatronusConfigurationError} where it is no plain name
 */
export function quoted({ name }: Column): string {
  if (NAME.test(name)) return name.replaceAll(/[^.]+/g, '"$&"');
  throw new PatronusConfigurationError(
    `columns: ${name}`,
    'is not the name of a column.',
    'Write letters, digits and underscores, and dots between schema, table and column.',
  );
}

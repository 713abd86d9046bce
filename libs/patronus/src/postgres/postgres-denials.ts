import { type DenialRecord, DenialWriter } from '../observability/denials/denial-writer.js';
import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { PoolClientLike, PoolLike } from './database.js';
import { quoteIdentifier } from '../tenancy/row-level-security/quote-identifier.js';

/** A table of denials. */
export interface DenialTable {
  /** Default `patronus_denials`. */
  readonly table?: string | undefined;
  /** Default: the first schema of the `search_path`. */
  readonly schema?: string | undefined;
}

/** The options of {@link postgresDenials}. */
export interface PostgresDenialsOptions extends DenialTable {
  /** A pool of `pg`. One connection of it is used at a time. */
  readonly pool: PoolLike;
}

/** The columns, in the order in which they are written, with what a record has for them. */
const COLUMNS: readonly (readonly [
  name: string,
  type: string,
  of: (record: DenialRecord) => string | undefined,
])[] = [
  ['id', 'uuid', ({ id }) => id],
  ['at', 'timestamptz', ({ at }) => new Date(at).toISOString()],
  ['decision_id', 'text', ({ decisionId }) => decisionId],
  ['code', 'text', ({ code }) => code],
  ['reason', 'text', ({ reason }) => reason],
  ['transport', 'text', ({ transport }) => transport],
  ['route', 'text', ({ route }) => route],
  ['method', 'text', ({ method }) => method],
  ['path', 'text', ({ path }) => path],
  ['user_id', 'text', ({ user }) => user],
  ['issuer', 'text', ({ issuer }) => issuer],
  ['tenant_id', 'text', ({ tenant }) => tenant],
];

/**
 * Writes denials into a table of PostgreSQL. The table is made by a migration, with the SQL of
 * {@link denialTableSql}.
 *
 * @throws {PatronusConfigurationError} where an option is wrong
 * @example
 * DenialLogModule.forRootAsync({
 *   inject: [Pool],
 *   useFactory: (pool: Pool) => ({ writer: postgresDenials({ pool }) }),
 * })
 */
export function postgresDenials(options: PostgresDenialsOptions): DenialWriter {
  checkMembers('postgresDenials', options, ['pool', 'table', 'schema']);
  const { pool, ...table } = options;
  if (typeof pool?.connect !== 'function') {
    throw new PatronusConfigurationError(
      'postgresDenials.pool',
      'is not a pool.',
      'Give the Pool of pg that the application uses, or one of its own.',
    );
  }
  return new PostgresDenials(pool, nameOf('postgresDenials', table));
}

/**
 * SQL for a migration that makes the table of {@link postgresDenials}, and can run again. The role of
 * the application needs `insert` on it, and nothing else.
 *
 * @throws {PatronusConfigurationError} where a name cannot be one in PostgreSQL
 */
export function denialTableSql(table: DenialTable = {}): string {
  checkMembers('denialTableSql', table, ['table', 'schema']);
  const name = nameOf('denialTableSql', table);
  return `create table if not exists ${name} (
  id uuid primary key,
  at timestamptz not null,
  decision_id text not null,
  code text not null,
  reason text,
  transport text not null,
  route text not null,
  method text not null,
  path text not null,
  user_id text,
  issuer text,
  tenant_id text
);
create index if not exists ${indexOf(table, 'at')} on ${name} (at);
create index if not exists ${indexOf(table, 'decision')} on ${name} (decision_id);
`;
}

class PostgresDenials extends DenialWriter {
  readonly #statement: string;

  constructor(
    private readonly pool: PoolLike,
    table: string,
  ) {
    super();
    const names = COLUMNS.map(([name]) => name).join(', ');
    const lists = COLUMNS.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ');
    // Without a target, so that `insert` is the only right that the role needs.
    this.#statement = `insert into ${table} (${names}) select * from unnest(${lists}) on conflict do nothing`;
  }

  override async write(records: readonly DenialRecord[], signal: AbortSignal): Promise<void> {
    const connection = await connect(this.pool, signal);
    let broken: Error | undefined;
    // While it is on loan, an error without a listener would end the process.
    const onError = (error: Error): void => void (broken = error);
    let isGone = false;
    const destroy = (): void => {
      isGone = true;
      connection.release(true);
    };
    connection.on('error', onError);
    signal.addEventListener('abort', destroy, { once: true });
    try {
      const values = COLUMNS.map(([, , of]) => records.map((record) => storable(of(record))));
      await connection.query(this.#statement, values);
    } finally {
      signal.removeEventListener('abort', destroy);
      if (!isGone) {
        connection.off('error', onError);
        connection.release(broken);
      }
    }
  }
}

/** Gives up at the signal. A connection that comes after that goes back at once. */
async function connect(pool: PoolLike, signal: AbortSignal): Promise<PoolClientLike> {
  signal.throwIfAborted();
  const connecting = pool.connect();
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(new Error('no connection became free in time'));
      connecting.then((connection) => connection.release()).catch(() => undefined);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    connecting.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/** PostgreSQL has no text with a NUL, and a batch with one would never be written. */
function storable(text: string | undefined): string | null {
  return text === undefined ? null : text.replaceAll('\0', '\uFFFD');
}

function nameOf(path: string, { table = 'patronus_denials', schema }: DenialTable): string {
  const name = quoteIdentifier(`${path}.table`, table);
  return schema === undefined ? name : `${quoteIdentifier(`${path}.schema`, schema)}.${name}`;
}

function indexOf({ table = 'patronus_denials' }: DenialTable, what: string): string {
  return quoteIdentifier('denialTableSql.table', `${table}_${what}`);
}

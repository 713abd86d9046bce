import { type DenialRecord, DenialWriter } from '../observability/denials/denial-writer.js';
import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { PoolClientLike, PoolLike } from './database.js';
import { quoteIdentifier } from '../tenancy/row-level-security/quote-identifier.js';

/** Table of denials. */
export interface DenialTable {
  /** Name of the table. Default: `patronus_denials`. */
  readonly table?: string | undefined;
  /** Schema of the table. By default the first schema of the `search_path`. */
  readonly schema?: string | undefined;
}

/** Options of {@link postgresDenials}. */
export interface PostgresDenialsOptions extends DenialTable {
  /** Pool of `pg`. One connection of it is used at a time. */
  readonly pool: PoolLike;
}

/** Columns in the order in which they are written, with the value of a record for each. */
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
 * Writes denials into a table of PostgreSQL. Create the table in a migration, with the SQL of
 * {@link denialTableSql}.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
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
 * Returns SQL for a migration that creates the table of {@link postgresDenials}, and can run again.
 * The role of the application needs `insert` on it, and nothing else.
 *
 * @throws {PatronusConfigurationError} if a name is not valid in PostgreSQL
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
    // No conflict target, so that `insert` is the only right that the role needs.
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

/** Connects until the signal aborts. A connection that arrives later is released at once. */
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

/**
 * Replaces NUL, which PostgreSQL does not accept in text: a batch with one could never be written.
 */
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

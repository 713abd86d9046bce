import { sql } from 'drizzle-orm';
import { SettingsError } from '../settings/server-settings.js';
import { type DatabaseSession, rootOf, sqlStateOf } from './database.js';
import { requireCurrentTables, TABLES_ARE_OLDER } from './migrations.js';

/** The role of the platform's statements: reads and writes rows, owns no table. */
export const SERVER_ROLE = 'patronus_server';

/** The role of transactions of one organisation, which policies confine to its rows. */
export const TENANT_ROLE = 'patronus_tenant';

const INSUFFICIENT_PRIVILEGE = '42501';
/** `invalid_parameter_value` of the startup parameter and of `SET ROLE`, and `undefined_object` of functions. */
const MISSING = ['22023', '42704'];

/**
 * Returns the address of a database, with the role of its connections in `options`. PostgreSQL sets it before
 * the first statement, and refuses the connection if it cannot. Options of the address itself are kept.
 *
 * @see {@link https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS}
 */
export function actingAs(role: string, url: string): string {
  const address = new URL(url);
  const options = address.searchParams.get('options');
  // Of a parameter that is given twice, the last value counts.
  const all = [...(options === null ? [] : [options]), `-c role=${role}`];
  address.searchParams.set('options', all.join(' '));
  return address.href;
}

/**
 * Checks, before the server starts, that its statements run with the rights of `patronus_server` and no more,
 * and that the tables are those of this version or a later one.
 *
 * @throws {SettingsError} with the remedy, if the connection is refused or one of these is not so
 */
export async function requireServerRole(db: DatabaseSession): Promise<void> {
  const { role, isPrivileged, canCreate, isTenant, user } = await currentRole(db);
  if (role !== SERVER_ROLE) {
    throw new SettingsError(
      `DATABASE_URL: statements run as ${role} and not as ${SERVER_ROLE}. Behind a pooler, run \`alter role "${user}" set role = ${SERVER_ROLE}\`.`,
    );
  }
  if (isPrivileged) {
    throw new SettingsError(
      `DATABASE_URL: ${SERVER_ROLE} has rights beyond rows. Run \`alter role ${SERVER_ROLE} nosuperuser nobypassrls nocreaterole\`.`,
    );
  }
  if (canCreate) {
    throw new SettingsError(
      `DATABASE_URL: ${SERVER_ROLE} can create tables. Run \`revoke create on schema public from public, ${SERVER_ROLE}\`.`,
    );
  }
  if (!isTenant) throw new SettingsError(notAMember(user, `it is not a member of ${TENANT_ROLE}`));
  await requireCurrentTables(db);
}

interface CurrentRole {
  readonly role: string;
  readonly user: string;
  readonly isPrivileged: boolean;
  readonly canCreate: boolean;
  readonly isTenant: boolean;
}

async function currentRole(db: DatabaseSession): Promise<CurrentRole> {
  try {
    const [found] = await db
      .select({
        role: sql<string>`current_user::text`,
        user: sql<string>`session_user::text`,
        isPrivileged: sql<boolean>`(select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = current_user)`,
        canCreate: sql<boolean>`has_schema_privilege('public', 'create')`,
        isTenant: sql<boolean>`pg_has_role(session_user, ${TENANT_ROLE}, 'member')`,
      })
      .from(sql`(values (1)) as here`);
    if (found === undefined) throw new Error('the database returned no row');
    return found;
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Describes the refusal of a connection, or of its role. */
export function refusalOf(error: unknown): SettingsError {
  const state = sqlStateOf(error);
  const reason = rootOf(error);
  const isRole = [SERVER_ROLE, TENANT_ROLE].some((role) => reason.includes(`"${role}"`));
  if (state !== undefined && MISSING.includes(state) && isRole) {
    return new SettingsError(TABLES_ARE_OLDER, { cause: error });
  }
  return new SettingsError(
    state === INSUFFICIENT_PRIVILEGE
      ? notAMember('the user', reason)
      : `DATABASE_URL: the database cannot be reached: ${reason}.`,
    { cause: error },
  );
}

function notAMember(user: string, reason: string): string {
  return `DATABASE_URL: ${user} may not act for the server: ${reason}. Run \`grant ${SERVER_ROLE}, ${TENANT_ROLE} to …\` with its name.`;
}

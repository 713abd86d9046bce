import { inLockedTransaction } from './migrations/locked-transaction.js';
import type { SqlSession } from './sql-session.js';

const ROLE = 'patronus_sample';

/** Databases of a server share roles but not the lock, so another one may create the role first. */
const STEP_DOWN = `
do $$ begin
  create role ${ROLE} nologin nosuperuser nobypassrls;
exception when duplicate_object or unique_violation then null;
end $$;
do $$ begin
  execute format('grant usage on schema %I to ${ROLE}', current_schema());
end $$;
grant select, insert, update on patients, appointments, staff to ${ROLE};
grant select, insert on audit_entries to ${ROLE};
`;

/**
 * Returns the role of the tenants' transactions. If the role of the connection bypasses row level security, as a
 * superuser does, it is an ordinary role. Otherwise it is undefined.
 */
export async function ordinaryRole(session: SqlSession): Promise<string | undefined> {
  const { rows } = await session.query<{ bypasses: boolean }>(
    'select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user',
  );
  if (rows[0]?.bypasses === false) return undefined;
  await inLockedTransaction(session, () => session.script(STEP_DOWN));
  return ROLE;
}

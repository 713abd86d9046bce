/** States that no row may have, each with a query for the rows that have it. `$1` is now. */
const RULES = [
  {
    kind: 'half',
    what: 'accounts with a password and no confirmed address, or the other way round',
    sql: `select id from accounts
          where num_nulls(password_hash, password_changed_at, email_verified_at) not in (0, 3)`,
  },
  {
    kind: 'half',
    what: 'accounts without an address, or in a state that nobody asked for',
    sql: `select id from accounts where email is null or email_key is null or state <> 'active'
          or deleted_at is not null or anonymise_at is not null`,
  },
  {
    kind: 'half',
    what: 'accounts that nobody confirmed, without a link to confirm them',
    sql: `select id from accounts a where email_verified_at is null and not exists (
            select from one_time_tokens t
            where t.account_id = a.id and purpose = 'verify_email'
              and used_at is null and expires_at > $1 and data ? 'passwordHash')`,
  },
  {
    kind: 'half',
    what: 'links that were used, and keep what they were for',
    sql: `select hash from one_time_tokens where used_at is not null and data is not null`,
  },
  {
    kind: 'half',
    what: 'links to confirm an account that is confirmed',
    sql: `select hash from one_time_tokens t join accounts a on a.id = t.account_id
          where purpose = 'verify_email' and used_at is null and email_verified_at is not null`,
  },
  {
    kind: 'doubled',
    what: 'accounts with more than the newest five links for a new password',
    sql: `select account_id from one_time_tokens
          where purpose = 'reset_password' and used_at is null and account_id is not null
          group by account_id having count(*) > 5`,
  },
  {
    kind: 'half',
    what: 'sessions without an account that may log in',
    sql: `select s.id from sessions s left join accounts a on a.id = s.account_id
          where s.ended_at is null and (a.email_verified_at is null or a.state <> 'active')`,
  },
  {
    kind: 'half',
    what: 'sessions that live on from before the last password',
    sql: `select s.id from sessions s join accounts a on a.id = s.account_id
          where s.ended_at is null and s.created_at < a.password_changed_at`,
  },
  {
    kind: 'half',
    what: 'sessions with an end and no reason, or the other way round',
    sql: `select id from sessions where (ended_at is null) <> (ended_because is null)`,
  },
  {
    kind: 'half',
    what: 'sessions that live without a refresh token that is good',
    sql: `select id from sessions s where kind = 'api' and ended_at is null and expires_at > $1
          and not exists (select from refresh_tokens t
            where t.session_id = s.id and used_at is null and t.expires_at > $1)`,
  },
  {
    kind: 'doubled',
    what: 'sessions with two refresh tokens that are good',
    sql: `select session_id from refresh_tokens where used_at is null and expires_at > $1
          group by session_id having count(*) > 1`,
  },
  {
    kind: 'unexpected',
    what: 'names that are locked, or whose failures are out of bounds',
    sql: `select key from login_failures
          where locked_until is not null or failures not between 0 and 20`,
  },
  {
    kind: 'half',
    what: 'algorithms without exactly one key that signs',
    sql: `select algorithm from signing_keys where signs_from <= $1 and signs_until > $1
          group by algorithm having count(*) <> 1`,
  },
];

/** Looks at the rows that a kill left. */
export async function auditRows(database, ledger) {
  const now = new Date().toISOString();
  for (const { kind, what, sql } of RULES) {
    const rows = await database.query(sql, sql.includes('$1') ? [now] : []);
    for (const row of rows) ledger.find(kind, `${what}: ${Object.values(row).join(' ')}`);
    ledger.audits += 1;
  }
}

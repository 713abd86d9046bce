import { type SQL, sql } from 'drizzle-orm';
import { selectUnchanged } from '../accounts/select-unchanged.js';
import type { DatabaseSession } from '../database/platform-database.js';
import { refreshTokens, sessions } from '../database/schema/index.js';

const { placeholder } = sql;

/**
 * Starts a session together with its first refresh token: with the members of a `SessionRow`, the
 * `passwordHash` that was verified, and `tokenHash` and `tokenExpiresAt`. Returns no row where the
 * account has changed since.
 */
export function startApiSession(db: DatabaseSession) {
  const account = { id: placeholder('accountId'), passwordHash: placeholder('passwordHash') };
  const held = db.$with('held').as(selectUnchanged(db, account));
  const started = db.$with('started').as(
    db
      .insert(sessions)
      .select((query) =>
        query
          .select({
            id: text('id'),
            accountId: sql<string>`${held.id}`.as('account_id'),
            kind: text('kind'),
            authenticatedAt: moment('authenticatedAt'),
            methods: sql`${placeholder('methods')}::text[]`.as('methods'),
            createdAt: moment('createdAt'),
            lastUsedAt: moment('lastUsedAt'),
            expiresAt: moment('expiresAt'),
            endedAt: moment('endedAt'),
            endedBecause: text('endedBecause'),
            device: text('device'),
            address: text('address'),
          })
          .from(held),
      )
      .returning({ id: sessions.id }),
  );
  return db
    .with(held, started)
    .insert(refreshTokens)
    .select((query) =>
      query
        .select({
          hash: text('tokenHash'),
          sessionId: sql`${started.id}`.as('session_id'),
          createdAt: moment('createdAt'),
          expiresAt: moment('tokenExpiresAt'),
          usedAt: sql`null::timestamptz`.as('used_at'),
        })
        .from(started),
    )
    .returning({ hash: refreshTokens.hash })
    .prepare('start_api_session');
}

function text(name: string): SQL.Aliased {
  return sql`${placeholder(name)}::text`.as(name);
}

function moment(name: string): SQL.Aliased {
  return sql`${placeholder(name)}::timestamptz`.as(name);
}

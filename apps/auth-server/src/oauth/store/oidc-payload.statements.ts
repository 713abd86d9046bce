import {
  and,
  eq,
  getTableColumns,
  gt,
  isNotNull,
  isNull,
  ne,
  or,
  type Placeholder,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { DatabaseSession } from '../../database/platform-database.js';
import { oidcPayloads, sessions } from '../../database/schema/index.js';

const { placeholder } = sql;
const KEY = [oidcPayloads.model, oidcPayloads.idHash];

/** Those that meet a condition, have not expired, and belong to no session that has ended. */
export function findLiving(
  session: DatabaseSession,
  condition: SQL | undefined,
  now: Date | Placeholder,
) {
  return session
    .select(getTableColumns(oidcPayloads))
    .from(oidcPayloads)
    .leftJoin(sessions, eq(sessions.id, oidcPayloads.sessionUid))
    .where(
      and(
        condition,
        or(isNull(oidcPayloads.expiresAt), gt(oidcPayloads.expiresAt, now)),
        or(
          isNull(oidcPayloads.sessionUid),
          and(
            isNotNull(sessions.id),
            isNull(sessions.endedAt),
            or(ne(oidcPayloads.model, 'Session'), gt(sessions.expiresAt, now)),
          ),
        ),
      ),
    );
}

/** With `idHash`, `models` and `now`. */
export function findByHash(session: DatabaseSession) {
  const isAsked = and(
    eq(oidcPayloads.idHash, placeholder('idHash')),
    sql`${oidcPayloads.model} = any(${placeholder('models')})`,
  );
  return findLiving(session, isAsked, placeholder('now')).prepare('find_oidc_payload');
}

/** With a row, to be written or written over. That it was used, and its user code, stay. */
export function put(session: DatabaseSession) {
  return session
    .insert(oidcPayloads)
    .values({
      model: placeholder('model'),
      idHash: placeholder('idHash'),
      payload: placeholder('payload'),
      grantId: placeholder('grantId'),
      uid: placeholder('uid'),
      userCodeHash: placeholder('userCodeHash'),
      sessionUid: placeholder('sessionUid'),
      accountId: placeholder('accountId'),
      clientId: placeholder('clientId'),
      // As it is: a column's encoder takes no `null` in the place of a value.
      expiresAt: sql`${placeholder('expiresAt')}`,
    })
    .onConflictDoUpdate({
      target: KEY,
      set: {
        payload: sql`excluded.payload`,
        grantId: sql`excluded.grant_id`,
        uid: sql`excluded.uid`,
        userCodeHash: sql`coalesce(excluded.user_code_hash, ${oidcPayloads.userCodeHash})`,
        sessionUid: sql`excluded.session_uid`,
        accountId: sql`excluded.account_id`,
        clientId: sql`excluded.client_id`,
        expiresAt: sql`excluded.expires_at`,
      },
    })
    .prepare('put_oidc_payload');
}

/** With `model`, `idHash` and `now`. Returns a row to the one whose use counts, and to nobody else. */
export function consume(session: DatabaseSession) {
  const { model, idHash, consumedAt } = oidcPayloads;
  return session
    .update(oidcPayloads)
    .set({ consumedAt: sql`${placeholder('now')}` })
    .where(
      and(eq(model, placeholder('model')), eq(idHash, placeholder('idHash')), isNull(consumedAt)),
    )
    .returning({ idHash })
    .prepare('consume_oidc_payload');
}

import { Injectable } from '@nestjs/common';
import {
  and,
  eq,
  getTableColumns,
  gt,
  isNotNull,
  isNull,
  lte,
  or,
  sql,
  type SQL,
} from 'drizzle-orm';
import { Clock } from '../../clock/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../../database/platform-database.js';
import { oidcPayloads, sessions } from '../../database/schema/index.js';

export type OidcPayloadRow = typeof oidcPayloads.$inferSelect;
export type NewOidcPayload = Omit<typeof oidcPayloads.$inferInsert, 'consumedAt'>;

/** The rows of oidc-provider. What has expired, or belongs to a session that has ended, is not there. */
@Injectable()
export class OidcPayloadRepository {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
  ) {}

  /** Writes it, or over it. That it was used, and its user code, stay. */
  async put(row: NewOidcPayload, session: DatabaseSession = this.database.db): Promise<void> {
    await session
      .insert(oidcPayloads)
      .values(row)
      .onConflictDoUpdate({
        target: [oidcPayloads.model, oidcPayloads.idHash],
        set: {
          ...row,
          userCodeHash: sql`coalesce(excluded.user_code_hash, ${oidcPayloads.userCodeHash})`,
        },
      });
  }

  /** Writes it where it is not there yet, or has expired. Of any number of callers, one is told `true`. */
  async putFirst(row: NewOidcPayload): Promise<boolean> {
    const written = await this.database.db
      .insert(oidcPayloads)
      .values(row)
      .onConflictDoUpdate({
        target: [oidcPayloads.model, oidcPayloads.idHash],
        set: row,
        setWhere: lte(oidcPayloads.expiresAt, this.clock.now()),
      })
      .returning({ idHash: oidcPayloads.idHash });
    return written.length === 1;
  }

  /** Writes over a device code that nobody has confirmed. Of any number of callers, one is told `true`. */
  async putConfirmation({ payload, model, idHash }: NewOidcPayload): Promise<boolean> {
    const won = await this.database.db
      .update(oidcPayloads)
      .set({ payload })
      .where(and(this.is(model, idHash), sql`${oidcPayloads.payload} ->> 'inFlight' is null`))
      .returning({ idHash: oidcPayloads.idHash });
    return won.length === 1;
  }

  findByHash(model: string, idHash: string): Promise<OidcPayloadRow | undefined> {
    return this.find(model, eq(oidcPayloads.idHash, idHash));
  }

  findByUid(model: string, uid: string): Promise<OidcPayloadRow | undefined> {
    return this.find(model, eq(oidcPayloads.uid, uid));
  }

  findByUserCodeHash(model: string, hash: string): Promise<OidcPayloadRow | undefined> {
    return this.find(model, eq(oidcPayloads.userCodeHash, hash));
  }

  /** One statement decides: of any number of callers, one is told `true`. */
  async consume(model: string, idHash: string): Promise<boolean> {
    const won = await this.database.db
      .update(oidcPayloads)
      .set({ consumedAt: this.clock.now() })
      .where(and(this.is(model, idHash), isNull(oidcPayloads.consumedAt)))
      .returning({ idHash: oidcPayloads.idHash });
    return won.length === 1;
  }

  async remove(model: string, idHash: string): Promise<void> {
    await this.database.db.delete(oidcPayloads).where(this.is(model, idHash));
  }

  async removeByGrant(model: string, grantId: string): Promise<void> {
    await this.database.db
      .delete(oidcPayloads)
      .where(and(eq(oidcPayloads.model, model), eq(oidcPayloads.grantId, grantId)));
  }

  private async find(model: string, condition: SQL): Promise<OidcPayloadRow | undefined> {
    const now = this.clock.now();
    const [row] = await this.database.db
      .select(getTableColumns(oidcPayloads))
      .from(oidcPayloads)
      .leftJoin(sessions, eq(sessions.id, oidcPayloads.sessionUid))
      .where(
        and(
          eq(oidcPayloads.model, model),
          condition,
          or(isNull(oidcPayloads.expiresAt), gt(oidcPayloads.expiresAt, now)),
          or(
            isNull(oidcPayloads.sessionUid),
            and(
              isNotNull(sessions.id),
              isNull(sessions.endedAt),
              model === 'Session' ? gt(sessions.expiresAt, now) : undefined,
            ),
          ),
        ),
      );
    return row;
  }

  private is(model: string, idHash: string): SQL | undefined {
    return and(eq(oidcPayloads.model, model), eq(oidcPayloads.idHash, idHash));
  }
}

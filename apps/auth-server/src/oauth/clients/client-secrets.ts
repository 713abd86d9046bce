import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  and,
  asc,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNull,
  lte,
  or,
  type Placeholder,
  type SQL,
  sql,
} from 'drizzle-orm';
import { Clock } from '../../clock/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../../database/platform-database.js';
import { clientSecrets } from '../../database/schema/index.js';
import { hashOpaqueToken, newOpaqueToken } from '../../tokens/opaque-token.js';

/** So that a new secret can take over from an old one. */
export const MAX_SECRETS = 2;

const { hash: _, ...COLUMNS } = getTableColumns(clientSecrets);

/** A secret, without what it is. */
export type SecretRow = Omit<typeof clientSecrets.$inferSelect, 'hash'>;

/** A secret that was just made: nobody is told it again. */
export interface NewSecret {
  readonly row: SecretRow;
  readonly secret: string;
}

/** What clients prove themselves by. No cache stands before it: a removed secret is refused at once. */
@Injectable()
export class ClientSecrets {
  readonly #hashes: ReturnType<ClientSecrets['prepareHashes']>;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
  ) {
    this.#hashes = this.prepareHashes();
  }

  async match(clientId: string, presented: string): Promise<boolean> {
    const rows = await this.#hashes.execute({ clientId, now: this.clock.now() });
    const hash = Buffer.from(hashOpaqueToken(presented));
    const matches = rows.map((row) => {
      const kept = Buffer.from(row.hash);
      return kept.length === hash.length && timingSafeEqual(kept, hash);
    });
    return matches.includes(true);
  }

  /** Those that have not expired, oldest first. */
  list(session: DatabaseSession, clientIds: readonly string[]): Promise<SecretRow[]> {
    return session
      .select(COLUMNS)
      .from(clientSecrets)
      .where(and(inArray(clientSecrets.clientId, [...clientIds]), this.#counts()))
      .orderBy(asc(clientSecrets.createdAt), asc(clientSecrets.id));
  }

  /** Adds one, in the place of those that have expired. The caller holds the client's row, and has counted. */
  async add(session: DatabaseSession, clientId: string): Promise<NewSecret> {
    const now = this.clock.now();
    await session
      .delete(clientSecrets)
      .where(and(eq(clientSecrets.clientId, clientId), lte(clientSecrets.expiresAt, now)));
    const secret = newOpaqueToken('pcs');
    const [row] = await session
      .insert(clientSecrets)
      .values({ clientId, hash: hashOpaqueToken(secret), createdAt: now })
      .returning(COLUMNS);
    if (row === undefined) throw new Error('A secret was not kept.');
    return { row, secret };
  }

  /** Makes these the client's only ones. Those that are so already stay as they are. */
  async set(session: DatabaseSession, clientId: string, secrets: readonly string[]): Promise<void> {
    const ofClient = eq(clientSecrets.clientId, clientId);
    const wanted = secrets.map(hashOpaqueToken).toSorted();
    const kept = await session.select().from(clientSecrets).where(ofClient);
    const standing = kept.filter((row) => row.expiresAt === null).map((row) => row.hash);
    if (kept.length === standing.length && wanted.join() === standing.toSorted().join()) return;
    await session.delete(clientSecrets).where(ofClient);
    if (wanted.length === 0) return;
    const createdAt = this.clock.now();
    await session
      .insert(clientSecrets)
      .values(wanted.map((hash) => ({ clientId, hash, createdAt })));
  }

  async expire(session: DatabaseSession, ids: readonly string[], expiresAt: Date): Promise<void> {
    if (ids.length === 0) return;
    await session
      .update(clientSecrets)
      .set({ expiresAt })
      .where(inArray(clientSecrets.id, [...ids]));
  }

  async remove(session: DatabaseSession, id: string): Promise<void> {
    await session.delete(clientSecrets).where(eq(clientSecrets.id, id));
  }

  private prepareHashes() {
    return this.database.db
      .select({ hash: clientSecrets.hash })
      .from(clientSecrets)
      .where(
        and(
          eq(clientSecrets.clientId, sql.placeholder('clientId')),
          this.#counts(sql.placeholder('now')),
        ),
      )
      .prepare('client_secrets');
  }

  #counts(now: Date | Placeholder = this.clock.now()): SQL | undefined {
    return or(isNull(clientSecrets.expiresAt), gt(clientSecrets.expiresAt, now));
  }
}

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
import { Clock } from '../../operation/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../../operation/crypto/sealer.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { clientSecrets, clients } from './clients.table.js';
import { PlatformError } from '../../operation/http/errors.js';
import { KEPT_METADATA, needsSecret, isClientId } from './client-metadata.schema.js';
import { type NewSecret, type SecretRow, type SecretView, viewOfSecret } from './client.dto.js';

/** So that a new secret can take over from an old one. */
export const MAX_SECRETS = 2;

const { hash: _, ...COLUMNS } = getTableColumns(clientSecrets);

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

/** From one secret of a client to the next, with no moment in between at which none works. */
@Injectable()
export class SecretRotation {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly secrets: ClientSecrets,
  ) {}

  /**
   * @param previousExpiresAt when the one that stands ends; unless told, it stays until it is removed
   * @throws {PlatformError} `not_found`; `conflict` where there are two, or the client has none
   */
  add(clientId: string, previousExpiresAt?: Date): Promise<SecretView & { secret: string }> {
    return this.database.db.transaction(async (tx) => {
      const standing = await this.#lock(tx, clientId);
      if (standing.length >= MAX_SECRETS) {
        throw conflict('The client has two secrets already: remove one first.');
      }
      if (previousExpiresAt !== undefined) {
        await this.secrets.expire(tx, idsOf(standing), previousExpiresAt);
      }
      const { row, secret } = await this.secrets.add(tx, clientId);
      return { ...viewOfSecret(row), secret };
    });
  }

  /** @throws {PlatformError} `not_found`; `conflict` where it is the last one */
  async remove(clientId: string, secretId: string): Promise<void> {
    await this.database.db.transaction(async (tx) => {
      const standing = await this.#lock(tx, clientId);
      if (!idsOf(standing).includes(secretId)) throw new PlatformError('not_found');
      if (standing.length === 1) throw conflict('It is the only secret: add another first.');
      await this.secrets.remove(tx, secretId);
    });
  }

  async #lock(session: DatabaseSession, clientId: string): Promise<SecretRow[]> {
    const client = await lockClient(session, clientId);
    const { token_endpoint_auth_method: method } = KEPT_METADATA.parse(client.metadata);
    if (!needsSecret(method)) throw conflict(`The client has no secrets: it uses ${method}.`);
    return this.secrets.list(session, [clientId]);
  }
}

function idsOf(secrets: readonly SecretRow[]): string[] {
  return secrets.map(({ id }) => id);
}

function conflict(remedy: string): PlatformError {
  return new PlatformError('conflict', { details: { remedy } });
}

/**
 * Holds a client until the transaction ends: whoever else would change it waits.
 *
 * @throws {PlatformError} `not_found`; `conflict` where it is declared in the environment
 */
export async function lockClient(
  session: DatabaseSession,
  id: string,
): Promise<typeof clients.$inferSelect> {
  if (!isClientId(id)) throw new PlatformError('not_found');
  const [row] = await session.select().from(clients).where(eq(clients.id, id)).for('update');
  if (row === undefined) throw new PlatformError('not_found');
  if (row.origin !== 'declared') return row;
  const remedy = 'It is declared in the environment: change CLIENTS.';
  throw new PlatformError('conflict', { details: { remedy } });
}

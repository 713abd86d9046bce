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
import { clientParty, type Party } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { Clock } from '../../operation/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../../operation/crypto/opaque-tokens.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { clientSecrets, clients } from './clients.table.js';
import { PlatformError } from '../../operation/http/errors.js';
import { KEPT_METADATA, needsSecret, isClientId } from './client-metadata.schema.js';
import { type NewSecret, type SecretRow, type SecretView, viewOfSecret } from './client.dto.js';

/** The maximum number of secrets of a client, so that it can change from one to the other. */
export const MAX_SECRETS = 2;

const { hash: _, ...COLUMNS } = getTableColumns(clientSecrets);

interface ChangedSecrets {
  readonly removed?: readonly SecretRow[];
  readonly added?: readonly SecretRow[];
  readonly details?: { readonly previousExpiresAt: Date } | undefined;
}

/** The secrets of clients. They are not cached, so a deleted secret is refused immediately. */
@Injectable()
export class ClientSecretsService {
  readonly #hashes: ReturnType<ClientSecretsService['prepareHashes']>;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly events: Events,
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

  /** Lists the secrets of clients that have not expired, oldest first. */
  list(session: DatabaseSession, clientIds: readonly string[]): Promise<SecretRow[]> {
    return session
      .select(COLUMNS)
      .from(clientSecrets)
      .where(and(inArray(clientSecrets.clientId, [...clientIds]), this.#counts()))
      .orderBy(asc(clientSecrets.createdAt), asc(clientSecrets.id));
  }

  /** Adds a secret, and removes expired ones. The caller has locked the row of the client and checked the number. */
  async add(
    session: DatabaseSession,
    clientId: string,
    by: Party | undefined,
    details?: { readonly previousExpiresAt: Date },
  ): Promise<NewSecret> {
    const now = this.clock.now();
    await session
      .delete(clientSecrets)
      .where(and(eq(clientSecrets.clientId, clientId), lte(clientSecrets.expiresAt, now)));
    const secret = newOpaqueToken('pcs');
    const [row] = await session
      .insert(clientSecrets)
      .values({ clientId, hash: hashOpaqueToken(secret), createdAt: now })
      .returning(COLUMNS);
    if (row === undefined) throw new Error('An insert must return its row.');
    await this.#record(session, clientId, by, { added: [row], details });
    return { row, secret };
  }

  /** Sets the secrets of a client. Writes nothing if they are the same. */
  async set(
    session: DatabaseSession,
    clientId: string,
    secrets: readonly string[],
    by: Party | undefined,
  ): Promise<void> {
    const ofClient = eq(clientSecrets.clientId, clientId);
    const wanted = secrets.map(hashOpaqueToken).toSorted();
    const kept = await session.select().from(clientSecrets).where(ofClient);
    const standing = kept.filter((row) => row.expiresAt === null).map((row) => row.hash);
    if (kept.length === standing.length && wanted.join() === standing.toSorted().join()) return;
    const removed = await session.delete(clientSecrets).where(ofClient).returning(COLUMNS);
    const createdAt = this.clock.now();
    const rows = wanted.map((hash) => ({ clientId, hash, createdAt }));
    const added =
      rows.length === 0 ? [] : await session.insert(clientSecrets).values(rows).returning(COLUMNS);
    await this.#record(session, clientId, by, { removed, added });
  }

  async expire(session: DatabaseSession, ids: readonly string[], expiresAt: Date): Promise<void> {
    if (ids.length === 0) return;
    await session
      .update(clientSecrets)
      .set({ expiresAt })
      .where(inArray(clientSecrets.id, [...ids]));
  }

  async remove(
    session: DatabaseSession,
    clientId: string,
    id: string,
    by: Party | undefined,
  ): Promise<void> {
    const removed = await session
      .delete(clientSecrets)
      .where(eq(clientSecrets.id, id))
      .returning(COLUMNS);
    await this.#record(session, clientId, by, { removed });
  }

  async #record(
    tx: DatabaseSession,
    clientId: string,
    actor: Party | undefined,
    { removed = [], added = [], details }: ChangedSecrets,
  ): Promise<void> {
    const facts = { actor, subject: clientParty(clientId) };
    await this.events.record(
      tx,
      ...removed.map(({ id }) => {
        return { type: 'client.secret_removed', ...facts, ids: { secret: id } } as const;
      }),
      ...added.map(({ id }) => {
        return { type: 'client.secret_added', ...facts, ids: { secret: id }, details } as const;
      }),
    );
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

/** Replaces the secret of a client without a time in which none works. */
@Injectable()
export class SecretRotation {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly secrets: ClientSecretsService,
  ) {}

  /**
   * Adds a second secret.
   *
   * @param previousExpiresAt the expiry of the current secret. By default it is valid until it is deleted
   * @throws {PlatformError} `not_found`; `conflict` if there are two, or the client uses no secret
   */
  add(
    clientId: string,
    by: Party,
    previousExpiresAt?: Date,
  ): Promise<SecretView & { secret: string }> {
    return this.database.db.transaction(async (tx) => {
      const standing = await this.#lock(tx, clientId);
      if (standing.length >= MAX_SECRETS) {
        throw conflict('The client has two secrets already. Delete one first.');
      }
      if (previousExpiresAt !== undefined) {
        await this.secrets.expire(tx, idsOf(standing), previousExpiresAt);
      }
      const { row, secret } = await this.secrets.add(
        tx,
        clientId,
        by,
        previousExpiresAt && { previousExpiresAt },
      );
      return { ...viewOfSecret(row), secret };
    });
  }

  /** Deletes a secret. @throws {PlatformError} `not_found`; `conflict` if it is the only one */
  async remove(clientId: string, secretId: string, by: Party): Promise<void> {
    await this.database.db.transaction(async (tx) => {
      const standing = await this.#lock(tx, clientId);
      if (!idsOf(standing).includes(secretId)) throw new PlatformError('not_found');
      if (standing.length === 1) throw conflict('It is the only secret. Add another one first.');
      await this.secrets.remove(tx, clientId, secretId, by);
    });
  }

  async #lock(session: DatabaseSession, clientId: string): Promise<SecretRow[]> {
    const client = await lockClient(session, clientId);
    const { token_endpoint_auth_method: method } = KEPT_METADATA.parse(client.metadata);
    if (!needsSecret(method)) throw conflict(`The client uses ${method}, which has no secrets.`);
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
 * Locks a client until the transaction ends. Other transactions that change it wait.
 *
 * @throws {PlatformError} `not_found`; `conflict` if the client is declared in the environment
 */
export async function lockClient(
  session: DatabaseSession,
  id: string,
): Promise<typeof clients.$inferSelect> {
  if (!isClientId(id)) throw new PlatformError('not_found');
  const [row] = await session.select().from(clients).where(eq(clients.id, id)).for('update');
  if (row === undefined) throw new PlatformError('not_found');
  if (row.origin !== 'declared') return row;
  const remedy = 'The client is declared in the environment. Change CLIENTS.';
  throw new PlatformError('conflict', { details: { remedy } });
}

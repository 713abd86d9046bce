import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { eq, inArray, or, sql } from 'drizzle-orm';
import { Clock } from '../../clock/clock.js';
import { ADVISORY_LOCKS } from '../../database/advisory-locks.js';
import { type DatabaseSession, PlatformDatabase } from '../../database/platform-database.js';
import { clients } from '../../database/schema/index.js';
import { ServerSettings } from '../../settings/server-settings.js';
import { SettingsError } from '../../settings/settings.error.js';
import { Clients } from './clients.js';
import { ClientSecrets } from './client-secrets.js';
import { type DeclaredClient, readDeclaredClients } from './declared-client.schema.js';

/**
 * The clients that the environment declares: there from the start, and gone with their declaration.
 * Those of the admin API and of registration stay as they are.
 */
@Injectable()
export class DeclaredClients implements OnModuleInit {
  readonly #declared: readonly DeclaredClient[];

  /** @throws {SettingsError} that names every mistake in `CLIENTS` */
  constructor(
    settings: ServerSettings,
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly known: Clients,
    private readonly secrets: ClientSecrets,
  ) {
    this.#declared = readDeclaredClients(settings.clients);
  }

  /** @throws {SettingsError} where another client has the id of a declared one */
  async onModuleInit(): Promise<void> {
    const changed = await this.database.db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.declaredClients})`);
      return this.#apply(tx);
    });
    await this.known.forget(changed);
  }

  /** @returns the ids of those that changed */
  async #apply(session: DatabaseSession): Promise<string[]> {
    const ids = this.#declared.map(({ id }) => id);
    const rows = await session
      .select()
      .from(clients)
      .where(or(eq(clients.origin, 'declared'), inArray(clients.id, ids)));
    const standing = new Map(rows.map((row) => [row.id, row]));
    const vanished = rows.map(({ id }) => id).filter((id) => !ids.includes(id));
    // Their tokens are announced with all that ended before this process started.
    await this.known.removeWithin(session, vanished);
    const changed = this.#declared.filter(({ id, metadata }) => {
      const row = standing.get(id);
      return row?.origin !== 'declared' || !isDeepStrictEqual(row.metadata, metadata);
    });
    for (const client of changed) await this.#write(session, client);
    for (const { id, secrets } of this.#declared) await this.secrets.set(session, id, secrets);
    return [...vanished, ...changed.map(({ id }) => id)];
  }

  async #write(session: DatabaseSession, { id, metadata }: DeclaredClient): Promise<void> {
    const now = this.clock.now();
    const written = await session
      .insert(clients)
      .values({ id, metadata, origin: 'declared', createdAt: now, updatedAt: now })
      .onConflictDoUpdate({
        target: clients.id,
        set: { metadata, updatedAt: now },
        setWhere: eq(clients.origin, 'declared'),
      })
      .returning({ id: clients.id });
    if (written.length > 0) return;
    throw new SettingsError(
      `CLIENTS has a client_id that a client from elsewhere has already: ${id}. Choose another.`,
    );
  }
}

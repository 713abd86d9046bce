import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { asc, eq, gt } from 'drizzle-orm';
import { clientParty, type Party } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { Clock } from '../../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { clients } from './clients.table.js';
import { invalidInput } from '../../operation/http/error.filter.js';
import { PlatformError } from '../../operation/http/errors.js';
import {
  CLIENT_DEFINITION,
  type ClientDefinition,
  isClientId,
  needsSecret,
} from './client-metadata.schema.js';
import { ClientSecretsService, lockClient } from './client-secrets.service.js';
import { type ClientView, type NewSecret, viewOf } from './client.dto.js';
import { changesOf, ClientsService } from './clients.service.js';

/** Changes of a client. A member of the metadata that is null is removed (RFC 7396). */
export interface ClientPatch {
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly passwordGrant?: boolean | undefined;
}

/** Manages clients for administrators. */
@Injectable()
export class ClientAdministrationService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly known: ClientsService,
    private readonly secrets: ClientSecretsService,
    private readonly events: Events,
  ) {}

  /** Lists clients by id. `next` is the `after` of the next page. */
  async page(limit: number, after = ''): Promise<{ clients: ClientView[]; next?: string }> {
    const { db } = this.database;
    const rows = await db
      .select()
      .from(clients)
      .where(gt(clients.id, after))
      .orderBy(asc(clients.id))
      .limit(limit + 1);
    const shown = rows.slice(0, limit);
    const secrets = await this.secrets.list(
      db,
      shown.map(({ id }) => id),
    );
    const last = shown.at(-1);
    return {
      clients: shown.map((row) => viewOf(row, secrets)),
      ...(rows.length > limit && last && { next: last.id }),
    };
  }

  /** @throws {PlatformError} `not_found` */
  async get(id: string): Promise<ClientView> {
    if (!isClientId(id)) throw new PlatformError('not_found');
    const { db } = this.database;
    const [row] = await db.select().from(clients).where(eq(clients.id, id));
    if (row === undefined) throw new PlatformError('not_found');
    return viewOf(row, await this.secrets.list(db, [id]));
  }

  /**
   * Creates a client.
   *
   * @returns the client with its secret, if it needs one. The secret cannot be read again
   * @throws {PlatformError} `conflict` if the id is taken
   */
  async create({ metadata, passwordGrant }: ClientDefinition, by: Party): Promise<ClientView> {
    const id = metadata.client_id ?? randomBytes(16).toString('base64url');
    const now = this.clock.now();
    return this.database.db.transaction(async (tx) => {
      const [row] = await tx
        .insert(clients)
        .values({
          id,
          metadata: { ...metadata, client_id: id },
          origin: 'admin',
          passwordGrant,
          createdAt: now,
          updatedAt: now,
        })
        .onConflictDoNothing()
        .returning();
      if (row === undefined) throw new PlatformError('conflict');
      const subject = clientParty(id);
      const changes = changesOf(undefined, { ...row.metadata, passwordGrant });
      await this.events.record(tx, { type: 'client.created', actor: by, subject, changes });
      const made = await this.#fitSecrets(tx, id, metadata.token_endpoint_auth_method, by);
      return viewOf(row, await this.secrets.list(tx, [id]), made);
    });
  }

  /**
   * Changes a client.
   *
   * @param redefine derives the new definition from the current one
   * @returns the client with a secret, if it needs one now. The secret cannot be read again
   * @throws {PlatformError} `not_found`; `conflict` if the client is declared in the environment
   */
  async change(
    id: string,
    by: Party,
    redefine: (standing: { metadata: object; passwordGrant: boolean }) => ClientDefinition,
  ): Promise<ClientView> {
    const view = await this.database.db.transaction(async (tx) => {
      const before = await lockClient(tx, id);
      const { metadata, passwordGrant } = redefine(before);
      if (metadata.client_id !== undefined && metadata.client_id !== id) {
        const remedy = 'The client_id cannot be changed. Create another client.';
        throw new PlatformError('conflict', { details: { remedy } });
      }
      const kept = { ...metadata, client_id: id };
      const [row] = await tx
        .update(clients)
        .set({ metadata: kept, passwordGrant, updatedAt: this.clock.now() })
        .where(eq(clients.id, id))
        .returning();
      if (row === undefined) throw new PlatformError('not_found');
      const changes = changesOf(
        { ...before.metadata, passwordGrant: before.passwordGrant },
        { ...kept, passwordGrant },
      );
      const subject = clientParty(id);
      await this.events.record(tx, { type: 'client.updated', actor: by, subject, changes });
      const made = await this.#fitSecrets(tx, id, metadata.token_endpoint_auth_method, by);
      return viewOf(row, await this.secrets.list(tx, [id]), made);
    });
    await this.known.forget([id]);
    return view;
  }

  /** Changes some members. @throws {PlatformError} as {@link change}; `invalid_input` if the result is invalid */
  patch(id: string, by: Party, patch: ClientPatch): Promise<ClientView> {
    return this.change(id, by, (standing) => {
      const merged = Object.entries({ ...standing.metadata, ...patch.metadata });
      const { data, error } = CLIENT_DEFINITION.safeParse({
        metadata: Object.fromEntries(merged.filter(([, value]) => value !== null)),
        passwordGrant: patch.passwordGrant ?? standing.passwordGrant,
      });
      if (data !== undefined) return data;
      throw invalidInput(error.issues);
    });
  }

  /** @throws {PlatformError} as {@link change} */
  async remove(id: string, by: Party): Promise<void> {
    await this.known.remove(id, by, (tx) => lockClient(tx, id));
  }

  async #fitSecrets(
    session: DatabaseSession,
    id: string,
    method: string,
    by: Party,
  ): Promise<NewSecret | undefined> {
    if (!needsSecret(method)) {
      await this.secrets.set(session, id, [], by);
      return undefined;
    }
    const standing = await this.secrets.list(session, [id]);
    return standing.length > 0 ? undefined : this.secrets.add(session, id, by);
  }
}

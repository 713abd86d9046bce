import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, exists, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { changesBetween, clientParty, type Party } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { EventReaders, EVENTS_SCOPE } from '../../events/outbox/stream-ports.js';
import { Clock } from '../../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { clients } from './clients.table.js';
import { ClientStatus } from '../../sessions/access-tokens.service.js';
import type { RevocableToken } from '../../sessions/revocations.js';
import { IssuedTokens } from '../store/issued-tokens.js';
import { isClientId, KEPT_METADATA, needsSecret, OPENID_SCOPES } from './client-metadata.schema.js';
import { ClientSecretsService } from './client-secrets.service.js';
import { LookupCache, type LookupRows } from './lookup-cache.js';
import { registeredMetadata } from './registered-metadata.js';

/** The cached members of a client. None is secret. */
const KEPT_CLIENT = z.object({
  metadata: KEPT_METADATA,
  passwordGrant: z.boolean(),
  origin: z.enum(['declared', 'admin', 'registration']),
  /** In seconds since the epoch. */
  issuedAt: z.number(),
});

type KeptClient = z.output<typeof KEPT_CLIENT>;

/** The clients of the platform, as oidc-provider requests them. */
@Injectable()
export class ClientsService implements OnModuleInit {
  /** Takes the place of a secret that oidc-provider requires. It is random and belongs to no client. */
  readonly #placeholder = randomBytes(32).toString('base64url');
  readonly #rows: LookupRows<KeptClient>;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    cache: LookupCache,
    private readonly secrets: ClientSecretsService,
    private readonly issued: IssuedTokens,
    private readonly status: ClientStatus,
    private readonly events: Events,
    private readonly readers: EventReaders,
  ) {
    this.#rows = cache.rows({ kind: 'client', schema: KEPT_CLIENT, load: (id) => this.#load(id) });
  }

  onModuleInit(): void {
    const { db } = this.database;
    this.status.provide((id) =>
      exists(db.select({ id: clients.id }).from(clients).where(eq(clients.id, id))),
    );
    this.readers.provide((id) => this.mayReadEvents(id));
  }

  /**
   * Finds the metadata of a client (RFC 7591, section 2). `scope` has the platform's own scopes, and
   * `resource_scopes` those of resource servers. `client_secret` is a placeholder that no client knows.
   */
  async find(id: string): Promise<Record<string, unknown> | undefined> {
    const client = await this.#kept(id);
    if (client === undefined) return undefined;
    const { scope, ...metadata } = client.metadata;
    return {
      ...metadata,
      client_id: id,
      client_id_issued_at: client.issuedAt,
      ...scopesOf(scope),
      ...(needsSecret(metadata.token_endpoint_auth_method) && {
        client_secret: this.#placeholder,
        client_secret_expires_at: 0,
      }),
    };
  }

  /** Selects those clients that are told of the ends of sessions. */
  async toldOfLogouts(session: DatabaseSession, ids: readonly string[]): Promise<string[]> {
    const rows = await session
      .select({ id: clients.id })
      .from(clients)
      .where(
        and(inArray(clients.id, [...ids]), sql`${clients.metadata} ? 'backchannel_logout_uri'`),
      );
    return rows.map(({ id }) => id);
  }

  /** Finds the `scope` of a client, as it was registered. */
  async scopeOf(id: string): Promise<string | undefined> {
    return (await this.#kept(id))?.metadata.scope;
  }

  /** Tells if a value is the placeholder that {@link find} returns for a secret. */
  isPlaceholder(secret: unknown): boolean {
    return secret === this.#placeholder;
  }

  /** Verifies a secret. @throws if the database does not answer */
  secretMatches(clientId: string, presented: string): Promise<boolean> {
    return this.secrets.match(clientId, presented);
  }

  /** Tells if a client may use the resource owner password credentials grant. */
  async mayUsePassword(id: string): Promise<boolean> {
    const client = await this.#kept(id);
    return client?.passwordGrant === true && client.metadata.grant_types.includes('password');
  }

  /** Tells if the operator created a client. The alternative is that it registered itself. */
  async isOperators(id: string): Promise<boolean> {
    const client = await this.#kept(id);
    return client !== undefined && client.origin !== 'registration';
  }

  /** Tells if a client may read the events of the platform. One that registered itself never may. */
  async mayReadEvents(id: string): Promise<boolean> {
    const client = await this.#kept(id);
    if (client === undefined || client.origin === 'registration') return false;
    const { grant_types: grants, scope } = client.metadata;
    return (
      grants.includes('client_credentials') &&
      scopesOf(scope).resource_scopes.includes(EVENTS_SCOPE)
    );
  }

  /**
   * Stores the metadata that a client registers (RFC 7591 and RFC 7592).
   *
   * @param metadata its `client_secret` is hashed. The placeholder of {@link find} keeps the current secrets
   * @param hold takes part in the transaction, and may refuse
   * @throws {InvalidClientMetadata} if it requests something that only an operator grants
   */
  async upsertRegistered(
    id: string,
    metadata: Readonly<Record<string, unknown>>,
    hold?: (tx: DatabaseSession) => Promise<void>,
  ): Promise<void> {
    const { client_secret: secret, ...said } = metadata;
    const kept = registeredMetadata(id, said);
    const now = this.clock.now();
    await this.database.db.transaction(async (tx) => {
      await hold?.(tx);
      const [before] = await tx.select().from(clients).where(eq(clients.id, id)).for('update');
      const written = await tx
        .insert(clients)
        .values({ id, metadata: kept, origin: 'registration', createdAt: now, updatedAt: now })
        .onConflictDoUpdate({
          target: clients.id,
          set: { metadata: kept, updatedAt: now },
          setWhere: eq(clients.origin, 'registration'),
        })
        .returning({ id: clients.id });
      if (written.length === 0)
        throw new Error('A client that did not register cannot change itself.');
      const subject = clientParty(id);
      const changes = changesOf(before?.metadata, kept);
      const type = before === undefined ? 'client.created' : 'client.updated';
      await this.events.record(tx, { type, actor: subject, subject, changes });
      if (!needsSecret(kept.token_endpoint_auth_method))
        return this.secrets.set(tx, id, [], subject);
      if (typeof secret === 'string' && secret !== this.#placeholder) {
        await this.secrets.set(tx, id, [secret], subject);
      }
    });
    await this.forget([id]);
  }

  /**
   * Deletes a client and revokes its tokens.
   *
   * @param by the person that removes it, or the client itself
   * @param lock locks the client first, or refuses
   * @throws {PatronusError} `provider_unavailable` if the revocations cannot be announced yet. They are retried
   */
  async remove(
    id: string,
    by: Party,
    lock?: (session: DatabaseSession) => Promise<unknown>,
  ): Promise<void> {
    const given = await this.database.db.transaction(async (tx) => {
      await lock?.(tx);
      return this.removeWithin(tx, [id], by);
    });
    await this.forget([id]);
    await this.issued.announce(given);
  }

  /**
   * Deletes clients in the transaction of the caller. Call {@link forget} after its commit.
   *
   * @returns their signed tokens, to announce after the commit
   */
  async removeWithin(
    session: DatabaseSession,
    ids: readonly string[],
    by?: Party,
  ): Promise<readonly RevocableToken[]> {
    if (ids.length === 0) return [];
    const removed = await session
      .delete(clients)
      .where(inArray(clients.id, [...ids]))
      .returning({ id: clients.id });
    const events = removed.map(({ id }) => {
      return { type: 'client.removed', actor: by, subject: clientParty(id) } as const;
    });
    await this.events.record(session, ...events);
    return this.issued.withdrawByClients(session, ids, by);
  }

  /** Removes clients from the cache. Other instances see the change within five seconds. */
  async forget(ids: readonly string[]): Promise<void> {
    await this.#rows.forget(ids);
  }

  async #kept(id: string): Promise<KeptClient | undefined> {
    return isClientId(id) ? this.#rows.find(id) : undefined;
  }

  async #load(id: string): Promise<KeptClient | undefined> {
    const [row] = await this.database.db.select().from(clients).where(eq(clients.id, id));
    if (row === undefined) return undefined;
    const { metadata, passwordGrant, origin, createdAt } = row;
    const issuedAt = Math.floor(createdAt.getTime() / 1000);
    return KEPT_CLIENT.parse({ metadata, passwordGrant, origin, issuedAt });
  }
}

/** Returns the changed members of the metadata of a client. It has no metadata before it is created. */
export function changesOf(before: object | undefined, after: object) {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]);
  return changesBetween({ ...before }, { ...after }, [...names]);
}

/** Splits a `scope`. Without one, a client has all scopes of the platform and none of resource servers. */
function scopesOf(scope: string | undefined): { scope?: string; resource_scopes: string[] } {
  if (scope === undefined) return { resource_scopes: [] };
  const own = new Set<string>(OPENID_SCOPES);
  const all = scope.split(' ');
  const openid = all.filter((one) => own.has(one));
  return {
    scope: openid.length === 0 ? 'openid' : openid.join(' '),
    resource_scopes: all.filter((one) => !own.has(one)),
  };
}

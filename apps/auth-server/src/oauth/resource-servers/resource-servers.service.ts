import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, asc, eq, inArray, ne, notInArray, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { changesBetween, type Party, type PlatformEvent } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { Clock } from '../../operation/clock.js';
import {
  type DatabaseSession,
  PlatformDatabase,
  ADVISORY_LOCKS,
} from '../../operation/database/database.js';
import { resourceServers } from './resource-servers.table.js';
import { PlatformError } from '../../operation/http/errors.js';
import { ServerSettings, SettingsError } from '../../operation/settings/server-settings.js';
import { LookupCache, type LookupRows } from '../clients/lookup-cache.js';

/** The characters of a `resource` (RFC 8707, section 2). */
const IDENTIFIER = /^[\x21-\x7e]{1,2000}$/;

const RESOURCE_SERVER_ROW = z.object({
  identifier: z.string(),
  scopes: z.array(z.string()),
  /** The lifetime of access tokens, in seconds. Null for the default of the platform. */
  accessTokenTtl: z.number().nullable(),
  origin: z.enum(['declared', 'admin', 'registration']),
});

export type ResourceServer = z.output<typeof RESOURCE_SERVER_ROW>;

const { identifier, scopes, accessTokenTtl, origin } = resourceServers;
const COLUMNS = { identifier, scopes, accessTokenTtl, origin };

/** The APIs that access tokens are issued for. */
@Injectable()
export class ResourceServersService {
  readonly #rows: LookupRows<ResourceServer>;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    cache: LookupCache,
    private readonly settings: ServerSettings,
    private readonly events: Events,
  ) {
    this.#rows = cache.rows({
      kind: 'resource-server',
      schema: RESOURCE_SERVER_ROW,
      load: (id) => this.#load(id),
    });
  }

  async find(id: string): Promise<ResourceServer | undefined> {
    return IDENTIFIER.test(id) ? this.#rows.find(id) : undefined;
  }

  list(): Promise<ResourceServer[]> {
    return this.database.db.select(COLUMNS).from(resourceServers).orderBy(asc(identifier));
  }

  /** Creates or replaces one. @throws {PlatformError} `conflict` if it is declared, or is the platform itself */
  async put(server: Omit<ResourceServer, 'origin'>, by: Party): Promise<ResourceServer> {
    if (server.identifier === this.settings.apiAudience) {
      throw new PlatformError('conflict', {
        details: { remedy: 'The identifier is reserved for the platform.' },
      });
    }
    const { scopes: newScopes, accessTokenTtl: newTtl } = server;
    const put = await this.database.db.transaction(async (tx) => {
      const before = await lockServers(tx, eq(identifier, server.identifier));
      const [row] = await tx
        .insert(resourceServers)
        .values({ ...server, origin: 'admin', createdAt: this.clock.now() })
        .onConflictDoUpdate({
          target: identifier,
          set: { scopes: newScopes, accessTokenTtl: newTtl },
          setWhere: ne(origin, 'declared'),
        })
        .returning(COLUMNS);
      if (row === undefined) throw declaredElsewhere();
      await this.events.record(tx, ...eventsOf(before, [row], by));
      return row;
    });
    await this.forget([server.identifier]);
    return put;
  }

  /** Deletes one. @throws {PlatformError} `not_found`; `conflict` if it is declared in the environment */
  async remove(id: string, by: Party): Promise<void> {
    if (!IDENTIFIER.test(id)) throw new PlatformError('not_found');
    const removed = await this.database.db.transaction(async (tx) => {
      const rows = await tx
        .delete(resourceServers)
        .where(and(eq(identifier, id), ne(origin, 'declared')))
        .returning(COLUMNS);
      await this.events.record(tx, ...eventsOf(rows, [], by));
      return rows;
    });
    if (removed.length === 0) {
      throw (await this.find(id)) === undefined
        ? new PlatformError('not_found')
        : declaredElsewhere();
    }
    await this.forget([id]);
  }

  /** Removes entries from the cache. Other instances see the change within five seconds. */
  async forget(ids: readonly string[]): Promise<void> {
    await this.#rows.forget(ids);
  }

  async #load(id: string): Promise<ResourceServer | undefined> {
    const rows = await this.database.db
      .select(COLUMNS)
      .from(resourceServers)
      .where(eq(identifier, id));
    return rows[0];
  }
}

/** Locks resource servers until the transaction ends, and returns them as they are now. */
function lockServers(tx: DatabaseSession, which: SQL | undefined): Promise<ResourceServer[]> {
  return tx.select(COLUMNS).from(resourceServers).where(which).for('update');
}

/** The events of servers that were created, updated or removed. */
function eventsOf(
  before: readonly ResourceServer[],
  after: readonly ResourceServer[],
  actor?: Party,
): readonly PlatformEvent[] {
  const known = new Map(before.map((server) => [server.identifier, server]));
  const kept = new Set(after.map((server) => server.identifier));
  const written = after.flatMap((server): PlatformEvent[] => {
    const old = known.get(server.identifier);
    const changes = changesBetween(old ?? {}, server, ['scopes', 'accessTokenTtl', 'origin']);
    if (changes === undefined) return [];
    const type = old === undefined ? 'resource_server.created' : 'resource_server.updated';
    return [{ type, actor, subject: serverParty(server), changes }];
  });
  const removed = before.filter((server) => !kept.has(server.identifier));
  return [
    ...written,
    ...removed.map((server): PlatformEvent => {
      return { type: 'resource_server.removed', actor, subject: serverParty(server) };
    }),
  ];
}

function serverParty(server: ResourceServer): Party {
  return { kind: 'resource_server', id: server.identifier };
}

function declaredElsewhere(): PlatformError {
  const remedy = 'The resource server is declared in the environment. Change RESOURCE_SERVERS.';
  return new PlatformError('conflict', { details: { remedy } });
}

/** Checks `RESOURCE_SERVERS`. @throws {SettingsError} with a line for each mistake */
export function checkDeclaredResourceServers({
  resourceServers: declared,
  apiAudience,
}: ServerSettings): void {
  const mistakes = declared.flatMap(({ identifier: id }, index) => {
    const name = `RESOURCE_SERVERS.${index}.identifier`;
    if (id === apiAudience) return [`${name} is reserved for the platform.`];
    const first = declared.findIndex((other) => other.identifier === id);
    return first < index ? [`${name} is used twice.`] : [];
  });
  if (mistakes.length > 0) throw new SettingsError(mistakes.join('\n'));
}

/** Synchronises declared resource servers. One that the admin API created becomes a declared one. */
@Injectable()
export class DeclaredResourceServers implements OnModuleInit {
  /** @throws {SettingsError} with every mistake in `RESOURCE_SERVERS` */
  constructor(
    private readonly settings: ServerSettings,
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly servers: ResourceServersService,
    private readonly events: Events,
  ) {
    checkDeclaredResourceServers(settings);
  }

  async onModuleInit(): Promise<void> {
    const declared = this.settings.resourceServers.map((server) => server.identifier);
    const known = await this.database.db.transaction(async (tx) => {
      await tx.execute(
        sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.declaredResourceServers})`,
      );
      const which = or(eq(origin, 'declared'), inArray(identifier, declared));
      const before = await lockServers(tx, which);
      const after: ResourceServer[] = [];
      for (const server of this.settings.resourceServers) {
        const { identifier: id, accessTokenTtl: ttl = null } = server;
        const values = { scopes: server.scopes, accessTokenTtl: ttl, origin: 'declared' as const };
        after.push({ identifier: id, ...values });
        await tx
          .insert(resourceServers)
          .values({ identifier: id, ...values, createdAt: this.clock.now() })
          .onConflictDoUpdate({ target: identifier, set: values });
      }
      await tx
        .delete(resourceServers)
        .where(and(eq(origin, 'declared'), notInArray(identifier, declared)));
      await this.events.record(tx, ...eventsOf(before, after));
      return before.map((row) => row.identifier);
    });
    await this.servers.forget([...new Set([...declared, ...known])]);
  }
}

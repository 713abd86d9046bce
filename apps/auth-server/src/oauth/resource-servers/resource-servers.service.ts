import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, asc, eq, ne, notInArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { Clock } from '../../operation/clock.js';
import { PlatformDatabase, ADVISORY_LOCKS } from '../../operation/database/database.js';
import { resourceServers } from './resource-servers.table.js';
import { PlatformError } from '../../operation/http/errors.js';
import { ServerSettings, SettingsError } from '../../operation/settings/server-settings.js';
import { LookupCache } from '../clients/lookup-cache.js';

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
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly cache: LookupCache,
    private readonly settings: ServerSettings,
  ) {}

  async find(id: string): Promise<ResourceServer | undefined> {
    if (!IDENTIFIER.test(id)) return undefined;
    return this.cache.read(keyOf(id), RESOURCE_SERVER_ROW, async () => {
      const rows = await this.database.db
        .select(COLUMNS)
        .from(resourceServers)
        .where(eq(identifier, id));
      return rows[0];
    });
  }

  list(): Promise<ResourceServer[]> {
    return this.database.db.select(COLUMNS).from(resourceServers).orderBy(asc(identifier));
  }

  /** Creates or replaces one. @throws {PlatformError} `conflict` if it is declared, or is the platform itself */
  async put(server: Omit<ResourceServer, 'origin'>): Promise<ResourceServer> {
    if (server.identifier === this.settings.apiAudience) {
      throw new PlatformError('conflict', {
        details: { remedy: 'The identifier is reserved for the platform.' },
      });
    }
    const { scopes: newScopes, accessTokenTtl: newTtl } = server;
    const [row] = await this.database.db
      .insert(resourceServers)
      .values({ ...server, origin: 'admin', createdAt: this.clock.now() })
      .onConflictDoUpdate({
        target: identifier,
        set: { scopes: newScopes, accessTokenTtl: newTtl },
        setWhere: ne(origin, 'declared'),
      })
      .returning(COLUMNS);
    if (row === undefined) throw declaredElsewhere();
    await this.forget([server.identifier]);
    return row;
  }

  /** Deletes one. @throws {PlatformError} `not_found`; `conflict` if it is declared in the environment */
  async remove(id: string): Promise<void> {
    if (!IDENTIFIER.test(id)) throw new PlatformError('not_found');
    const removed = await this.database.db
      .delete(resourceServers)
      .where(and(eq(identifier, id), ne(origin, 'declared')))
      .returning({ identifier });
    if (removed.length === 0) {
      throw (await this.find(id)) === undefined
        ? new PlatformError('not_found')
        : declaredElsewhere();
    }
    await this.forget([id]);
  }

  /** Removes entries from the cache. Other instances see the change within five seconds. */
  async forget(ids: readonly string[]): Promise<void> {
    await this.cache.forget(ids.map(keyOf));
  }
}

function keyOf(id: string): string {
  return `resource-server:${id}`;
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
  ) {
    checkDeclaredResourceServers(settings);
  }

  async onModuleInit(): Promise<void> {
    const declared = this.settings.resourceServers.map((server) => server.identifier);
    const removed = await this.database.db.transaction(async (tx) => {
      await tx.execute(
        sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.declaredResourceServers})`,
      );
      for (const server of this.settings.resourceServers) {
        const { identifier: id, accessTokenTtl: ttl = null } = server;
        const values = { scopes: server.scopes, accessTokenTtl: ttl, origin: 'declared' as const };
        await tx
          .insert(resourceServers)
          .values({ identifier: id, ...values, createdAt: this.clock.now() })
          .onConflictDoUpdate({ target: identifier, set: values });
      }
      return tx
        .delete(resourceServers)
        .where(and(eq(origin, 'declared'), notInArray(identifier, declared)))
        .returning({ identifier });
    });
    await this.servers.forget([...declared, ...removed.map((row) => row.identifier)]);
  }
}

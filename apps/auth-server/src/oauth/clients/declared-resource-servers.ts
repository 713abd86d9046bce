import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, notInArray, sql } from 'drizzle-orm';
import { Clock } from '../../clock/clock.js';
import { ADVISORY_LOCKS } from '../../database/advisory-locks.js';
import { PlatformDatabase } from '../../database/platform-database.js';
import { resourceServers } from '../../database/schema/index.js';
import { ServerSettings } from '../../settings/server-settings.js';
import { checkDeclaredResourceServers } from './check-declared-resource-servers.js';
import { ResourceServers } from './resource-servers.js';

/** The resource servers that the environment declares. One of the admin API becomes declared with it. */
@Injectable()
export class DeclaredResourceServers implements OnModuleInit {
  /** @throws {SettingsError} that names every mistake in `RESOURCE_SERVERS` */
  constructor(
    private readonly settings: ServerSettings,
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly servers: ResourceServers,
  ) {
    checkDeclaredResourceServers(settings);
  }

  async onModuleInit(): Promise<void> {
    const declared = this.settings.resourceServers.map((server) => server.identifier);
    const { identifier, origin } = resourceServers;
    const removed = await this.database.db.transaction(async (tx) => {
      await tx.execute(
        sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.declaredResourceServers})`,
      );
      for (const { identifier: id, scopes, accessTokenTtl = null } of this.settings
        .resourceServers) {
        const values = { scopes, accessTokenTtl, origin: 'declared' as const };
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

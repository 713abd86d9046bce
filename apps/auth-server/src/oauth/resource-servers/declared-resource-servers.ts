import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, notInArray, sql } from 'drizzle-orm';
import { Clock } from '../../operation/clock.js';
import { ADVISORY_LOCKS, PlatformDatabase } from '../../operation/database/database.js';
import { resourceServers } from './resource-servers.table.js';
import { ServerSettings, SettingsError } from '../../operation/settings/server-settings.js';
import { ResourceServers } from './resource-servers.service.js';

/** Checks `RESOURCE_SERVERS`. @throws {SettingsError} with a line for each mistake */
export function checkDeclaredResourceServers({
  resourceServers: declared,
  apiAudience,
}: ServerSettings): void {
  const mistakes = declared.flatMap(({ identifier }, index) => {
    const name = `RESOURCE_SERVERS.${index}.identifier`;
    if (identifier === apiAudience) return [`${name} is reserved for the platform.`];
    const first = declared.findIndex((other) => other.identifier === identifier);
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

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, notInArray, sql } from 'drizzle-orm';
import { Clock } from '../../clock/clock.js';
import { PlatformDatabase } from '../../database/platform-database.js';
import { resourceServers } from '../../database/schema/index.js';
import { ServerSettings } from '../../settings/server-settings.js';
import { SettingsError } from '../../settings/settings.error.js';
import { ResourceServers } from './resource-servers.js';

/** Whoever makes the table what the environment says holds this lock. */
const DECLARATION_LOCK = 7_287_670;

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
    check(settings);
  }

  async onModuleInit(): Promise<void> {
    const declared = this.settings.resourceServers.map((server) => server.identifier);
    const { identifier, origin } = resourceServers;
    const removed = await this.database.db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${DECLARATION_LOCK})`);
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

function check({ resourceServers: declared, apiAudience }: ServerSettings): void {
  const mistakes = declared.flatMap(({ identifier }, index) => {
    const name = `RESOURCE_SERVERS.${index}.identifier`;
    if (identifier === apiAudience) return [`${name} is the platform's own.`];
    const first = declared.findIndex((other) => other.identifier === identifier);
    return first < index ? [`${name} is that of another one too.`] : [];
  });
  if (mistakes.length > 0) throw new SettingsError(mistakes.join('\n'));
}

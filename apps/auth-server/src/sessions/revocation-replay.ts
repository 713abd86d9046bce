import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { gt } from 'drizzle-orm';
import { Clock } from '../clock/clock.js';
import { PlatformDatabase } from '../database/platform-database.js';
import { revokedTokens, sessions } from '../database/schema/index.js';
import { ServerSettings } from '../settings/server-settings.js';
import { CLOCK_LEEWAY } from '../tokens/access-tokens.life.js';
import { RevocationAnnouncer } from './revocation-announcer.js';

/** What ended before this process started, and whose tokens may still live, stays ended. */
@Injectable()
export class RevocationReplay implements OnApplicationBootstrap {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly announcer: RevocationAnnouncer,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const now = this.clock.now();
    const life = (this.settings.accessTokenTtl + CLOCK_LEEWAY) * 1000;
    const ended = await this.database.db
      .select({ session: sessions.id })
      .from(sessions)
      .where(gt(sessions.endedAt, new Date(now.getTime() - life)));
    const revoked = await this.database.db
      .select({ token: revokedTokens.tokenId })
      .from(revokedTokens)
      .where(gt(revokedTokens.expiresAt, now));
    // While it cannot be said, the library refuses everybody, and the announcer goes on trying.
    await this.announcer.announce([...ended, ...revoked]).catch(() => undefined);
  }
}

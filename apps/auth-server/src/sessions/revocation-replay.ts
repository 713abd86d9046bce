import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { and, gt, gte } from 'drizzle-orm';
import { Clock } from '../clock/clock.js';
import { failureReason } from '../database/failure-reason.js';
import { PlatformDatabase } from '../database/platform-database.js';
import { revokedTokens, sessions } from '../database/schema/index.js';
import { CLOCK_LEEWAY, LONGEST_ACCESS_TOKEN } from '../tokens/access-tokens.life.js';
import { type Ended, RevocationAnnouncer } from './revocation-announcer.js';

/** In milliseconds. */
const EVERY = 10_000;
/** Seconds before the last round that each one begins with: clocks differ, and commits take time. */
const LOOK_BACK = 60;
/** Seconds for which something may live that came from a session. */
const LIFE = LONGEST_ACCESS_TOKEN + CLOCK_LEEWAY;
/** How many are announced at once. */
const BATCH = 500;

/**
 * What has ended stays ended: at start all whose tokens may still live, and then again and again what ended
 * a moment ago, at whichever instance. One that died between its commit and its word has others to say it.
 */
@Injectable()
export class RevocationReplay implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Sessions');
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** Until when everything was said. Undefined: nothing was. */
  #saidUntil: Date | undefined;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly announcer: RevocationAnnouncer,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.replay();
    this.#timer = setInterval(() => this.#runQuietly(), EVERY).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** @throws where the database does not answer */
  async replay(): Promise<void> {
    const now = this.clock.now();
    const since = this.#saidUntil ? before(this.#saidUntil, LOOK_BACK) : before(now, LIFE);
    const { db } = this.database;
    const ended = await db
      .select({ session: sessions.id })
      .from(sessions)
      .where(gte(sessions.endedAt, since));
    const revoked = await db
      .select({ token: revokedTokens.tokenId })
      .from(revokedTokens)
      .where(
        and(
          gt(revokedTokens.expiresAt, before(now, CLOCK_LEEWAY)),
          gte(revokedTokens.revokedAt, since),
        ),
      );
    await this.#announce([...ended, ...revoked]);
    this.#saidUntil = now;
  }

  /** While it cannot be said, the library refuses everybody, and the announcer goes on trying. */
  async #announce(all: readonly Ended[]): Promise<void> {
    for (let at = 0; at < all.length; at += BATCH) {
      await this.announcer.announce(all.slice(at, at + BATCH)).catch(() => undefined);
    }
  }

  #runQuietly(): void {
    this.#running ??= this.replay()
      .catch((error: unknown) =>
        this.#logger.warn(`What has ended cannot be read yet: ${failureReason(error)}`),
      )
      .finally(() => (this.#running = undefined));
  }
}

function before(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() - seconds * 1000);
}

import {
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { InMemoryRevocations, type Revocation, Revocations } from '@patronus/nestjs';
import { redisRevocations } from '@patronus/nestjs/redis';
import { and, gt, gte, lt } from 'drizzle-orm';
import { Clock } from '../operation/clock.js';
import {
  type DatabaseSession,
  failureReason,
  PlatformDatabase,
} from '../operation/database/database.js';
import { revokedTokens, sessions } from './sessions.table.js';
import { CLOCK_MARGIN, RetentionRules } from '../operation/retention/retention-rules.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { CLOCK_LEEWAY, LONGEST_ACCESS_TOKEN } from './keys/signing-key.js';

/** What ended, of all that the platform issues. */
type Ended = { readonly session: string } | { readonly token: string };

/** In milliseconds. */
const RETRY_AFTER = 1000;

/** Tells every guard what counts no more. What could not be said is said again until it could. */
@Injectable()
export class RevocationAnnouncer implements OnModuleDestroy {
  readonly #logger = new Logger('Sessions');
  /** By what it is about: each once, however often it is announced. */
  readonly #unsaid = new Map<string, Ended>();
  #timer: NodeJS.Timeout | undefined;
  #isTold = false;

  constructor(
    private readonly revocations: Revocations,
    private readonly settings: ServerSettings,
  ) {}

  /**
   * Once it has resolved, this instance refuses, and every other one does within a second.
   *
   * @throws {PatronusError} `provider_unavailable` where the word cannot be passed on yet
   */
  async announce(all: readonly Ended[]): Promise<void> {
    const outcomes = await Promise.allSettled(all.map((ended) => this.#say(ended)));
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure === undefined) {
      this.#isTold &&= this.#unsaid.size > 0;
      return;
    }
    this.#retryLater();
    throw failure.reason;
  }

  onModuleDestroy(): void {
    clearTimeout(this.#timer);
    this.#unsaid.clear();
  }

  async #say(ended: Ended): Promise<void> {
    const revocation: Revocation = { ...ended, issuer: this.settings.issuer };
    const name = JSON.stringify(ended);
    this.#unsaid.set(name, ended);
    await this.revocations.revoke(revocation);
    this.#unsaid.delete(name);
  }

  #retryLater(): void {
    if (this.#timer !== undefined) return;
    if (!this.#isTold) {
      this.#logger.warn('What has ended cannot be announced yet: it is tried again each second.');
    }
    this.#isTold = true;
    this.#timer = setTimeout(() => void this.#retry(), RETRY_AFTER).unref();
  }

  async #retry(): Promise<void> {
    this.#timer = undefined;
    await this.announce([...this.#unsaid.values()]).catch(() => undefined);
  }
}

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

/** A signed access token, as far as its revocation needs. */
export interface RevocableToken {
  /** Its `jti`. */
  readonly id: string;
  readonly expiresAt: Date;
}

/** Records revoked access tokens until they expire (RFC 7009). */
@Injectable()
export class RevokedTokens implements OnModuleInit {
  constructor(
    private readonly clock: Clock,
    private readonly retention: RetentionRules,
  ) {}

  onModuleInit(): void {
    this.retention.register({
      name: 'revoked_tokens',
      table: revokedTokens,
      key: revokedTokens.tokenId,
      expired: (ago) => lt(revokedTokens.expiresAt, ago(CLOCK_MARGIN)),
    });
  }

  async record(tx: DatabaseSession, tokens: readonly RevocableToken[]): Promise<void> {
    if (tokens.length === 0) return;
    const revokedAt = this.clock.now();
    await tx
      .insert(revokedTokens)
      .values(tokens.map(({ id, expiresAt }) => ({ tokenId: id, revokedAt, expiresAt })))
      .onConflictDoNothing();
  }
}

const KEEP_FOR = LONGEST_ACCESS_TOKEN + CLOCK_LEEWAY;

/** What the library's guards refuse: of all instances that share a Redis, else of this process. */
@Module({
  providers: [
    {
      provide: Revocations,
      inject: [ServerSettings],
      useFactory: ({ redisUrl, redisPrefix }: ServerSettings): Revocations =>
        redisUrl === undefined
          ? new InMemoryRevocations({ keepFor: KEEP_FOR })
          : redisRevocations({ url: redisUrl, prefix: redisPrefix, keepFor: KEEP_FOR }),
    },
  ],
  exports: [Revocations],
})
export class RevocationsModule {}

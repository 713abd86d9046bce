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
import type { Party } from '../events/catalogue.js';
import { Events } from '../events/events.service.js';
import { Clock } from '../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../operation/database/database.js';
import { revokedTokens, sessions } from './sessions.table.js';
import { PeriodicJob } from '../operation/jobs/periodic-job.js';
import { failureReason } from '../operation/logging/redaction.js';
import { CLOCK_MARGIN, RetentionRules } from '../operation/retention/retention-rules.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { ACCEPTED_FOR, CLOCK_LEEWAY } from './keys/signing-key.js';

/** An ended session or a revoked token. */
type Ended = { readonly session: string } | { readonly token: string };

/** In milliseconds. */
const RETRY_AFTER = 1000;

/** Announces revocations to every guard. A failed announcement is retried until it succeeds. */
@Injectable()
export class RevocationAnnouncer implements OnModuleDestroy {
  readonly #logger = new Logger('Sessions');
  /** The revocations that are not announced yet, by their subject. */
  readonly #unsaid = new Map<string, Ended>();
  #timer: NodeJS.Timeout | undefined;
  #isTold = false;

  constructor(
    private readonly revocations: Revocations,
    private readonly settings: ServerSettings,
  ) {}

  /**
   * Announces revocations. When it resolves, this instance refuses the tokens. Every other instance does
   * within a second.
   *
   * @throws {PatronusError} `provider_unavailable` if the revocations cannot be announced yet
   */
  async announce(all: readonly Ended[]): Promise<void> {
    const revocations = all.map((ended) => this.#revocationOf(ended));
    for (const ended of all) this.#unsaid.set(JSON.stringify(ended), ended);
    try {
      await this.revocations.revokeAll(revocations);
    } catch (error) {
      this.#retryLater();
      throw error;
    }
    for (const ended of all) this.#unsaid.delete(JSON.stringify(ended));
    this.#isTold &&= this.#unsaid.size > 0;
  }

  /** Tells if this instance refuses what ended already, as it does after any instance announced it. */
  isAnnounced(ended: Ended): boolean {
    return this.revocations.has(this.#revocationOf(ended));
  }

  onModuleDestroy(): void {
    clearTimeout(this.#timer);
    this.#unsaid.clear();
  }

  #revocationOf(ended: Ended): Revocation {
    return { ...ended, issuer: this.settings.issuer };
  }

  #retryLater(): void {
    if (this.#timer !== undefined) return;
    if (!this.#isTold) {
      this.#logger.warn('Revocations cannot be announced. Retrying every second.');
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
const INTERVAL_MS = 10_000;
/** Seconds by which each round overlaps the previous one: clocks differ, and commits take time. */
const LOOK_BACK = 60;
/** The number of revocations that are announced at once. */
const BATCH = 1000;
/** The most revocations in the memory of an instance. Beyond it, the oldest end all sessions from before. */
const MAX_REVOCATIONS = 500_000;

/**
 * Repeats announcements: at start for all sessions and tokens that may still be accepted, then at an interval
 * for recent ones of every instance. An instance may die between the commit and its announcement. Then
 * another one announces the end.
 */
@Injectable()
export class RevocationReplay implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Sessions');
  readonly #job = new PeriodicJob({
    intervalMs: INTERVAL_MS,
    run: () => this.replay(),
    failed: (error) => this.#logger.warn(`Revocations cannot be read yet: ${failureReason(error)}`),
  });
  /** The time up to which everything was announced. Undefined before the first round. */
  #saidUntil: Date | undefined;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly announcer: RevocationAnnouncer,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.replay();
    this.#job.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#job.stop();
  }

  /** Announces what has ended since the last round. @throws if the database does not answer */
  async replay(): Promise<void> {
    const now = this.clock.now();
    const since = this.#saidUntil ? before(this.#saidUntil, LOOK_BACK) : before(now, ACCEPTED_FOR);
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
    const all = [...ended, ...revoked];
    await this.#announce(all.filter((each) => !this.announcer.isAnnounced(each)));
    this.#saidUntil = now;
  }

  /** Announces in batches. After a failure the library refuses every caller, and the announcer retries. */
  async #announce(all: readonly Ended[]): Promise<void> {
    for (let at = 0; at < all.length; at += BATCH) {
      await this.announcer.announce(all.slice(at, at + BATCH)).catch(() => undefined);
    }
  }
}

function before(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() - seconds * 1000);
}

/** The members of a signed access token that its revocation needs. */
export interface RevocableToken {
  /** The `jti`. */
  readonly id: string;
  readonly expiresAt: Date;
  /** The account or the client that the token speaks for. Undefined if it is not known. */
  readonly subject?: Party | undefined;
}

/** Records revoked access tokens until they expire (RFC 7009). */
@Injectable()
export class RevokedTokens implements OnModuleInit {
  constructor(
    private readonly clock: Clock,
    private readonly retention: RetentionRules,
    private readonly events: Events,
  ) {}

  onModuleInit(): void {
    this.retention.register({
      name: 'revoked_tokens',
      table: revokedTokens,
      key: revokedTokens.tokenId,
      expired: (ago) => lt(revokedTokens.expiresAt, ago(CLOCK_MARGIN)),
    });
  }

  /** @param by the client or person that revokes them */
  async record(tx: DatabaseSession, tokens: readonly RevocableToken[], by?: Party): Promise<void> {
    if (tokens.length === 0) return;
    const revokedAt = this.clock.now();
    const revoked = await tx
      .insert(revokedTokens)
      .values(tokens.map(({ id, expiresAt }) => ({ tokenId: id, revokedAt, expiresAt })))
      .onConflictDoNothing()
      .returning({ token: revokedTokens.tokenId });
    const subjects = new Map(tokens.map(({ id, subject }) => [id, subject]));
    const events = revoked.map(({ token }) => {
      const subject = subjects.get(token);
      return { type: 'token.revoked', actor: by, subject, ids: { token } } as const;
    });
    await this.events.record(tx, ...events);
  }
}

const LIMITS = { keepFor: ACCEPTED_FOR, max: MAX_REVOCATIONS };

/** The revocations of the library: those of all instances that share Redis, or of this process. */
@Module({
  providers: [
    {
      provide: Revocations,
      inject: [ServerSettings],
      useFactory: ({ redisUrl, redisPrefix }: ServerSettings): Revocations =>
        redisUrl === undefined
          ? new InMemoryRevocations(LIMITS)
          : redisRevocations({ url: redisUrl, prefix: redisPrefix, ...LIMITS }),
    },
  ],
  exports: [Revocations],
})
export class RevocationsModule {}

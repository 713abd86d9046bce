import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { and, desc, eq, gt, inArray, isNull, lt, notExists, sql } from 'drizzle-orm';
import { Clock } from '../operation/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../operation/crypto/opaque-tokens.js';
import { type DatabaseSession, PlatformDatabase } from '../operation/database/database.js';
import { PersonalData } from '../operation/personal-data/personal-data.js';
import { CLOCK_MARGIN, RetentionRules } from '../operation/retention/retention-rules.js';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { type OneTimePurpose, oneTimeTokens } from './sign-in.table.js';
import { PlatformError } from '../operation/http/errors.js';

type Subject = Readonly<Record<string, string>>;

/** The properties of a new token. */
interface OneTimeTokenRequest {
  readonly purpose: OneTimePurpose;
  /** Undefined if the token belongs to no account. */
  readonly accountId?: string | undefined;
  /** The subject, which is returned when the token is redeemed. It may be made of the token. */
  readonly data?: Subject | ((token: string) => Subject);
  /** In seconds. */
  readonly ttl: number;
  /** True to keep older tokens of the same account and purpose. They are withdrawn by default. */
  readonly besideOlder?: boolean;
}

/** The number of links of a purpose that are valid at once. */
const MAX_LINKS = 5;

/** The account and the subject of a token. */
interface OneTimeGrant {
  readonly accountId: string | undefined;
  readonly data: Subject;
}

/**
 * The tokens of links, each of which works once. To avoid deadlocks, lock the row of an account (`for update`)
 * before you change its tokens.
 */
@Injectable()
export class OneTimeTokensService implements OnModuleInit {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    const { hash, accountId, expiresAt } = oneTimeTokens;
    this.retention.register({
      name: 'one_time_tokens',
      table: oneTimeTokens,
      key: hash,
      expired: (before) => lt(expiresAt, before(CLOCK_MARGIN)),
    });
    // An account is kept while a link can still confirm its address.
    this.retention.hold('accounts', (id) =>
      notExists(
        this.database.db
          .select({ one: sql`1` })
          .from(oneTimeTokens)
          .where(eq(accountId, id)),
      ),
    );
    this.personalData.register({
      forget: async (tx, accountIds) => {
        await tx.delete(oneTimeTokens).where(inArray(accountId, [...accountIds]));
      },
    });
  }

  /** Issues a token, and withdraws older ones of the same account and purpose. Only its hash is stored. */
  async issue(session: DatabaseSession, request: OneTimeTokenRequest): Promise<string> {
    const { purpose, accountId, data, ttl, besideOlder = false } = request;
    if (!besideOlder) await this.withdraw(session, accountId, purpose);
    const token = newOpaqueToken('pot');
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + ttl * 1000);
    const hash = hashOpaqueToken(token);
    const subject = typeof data === 'function' ? data(token) : data;
    await session
      .insert(oneTimeTokens)
      .values({ hash, purpose, accountId, data: subject, createdAt, expiresAt });
    return token;
  }

  /**
   * Reads a token without using it up.
   *
   * @throws {PlatformError} `link_invalid` if it is unknown, was used or has expired; its details tell which
   */
  async peek(
    session: DatabaseSession,
    purpose: OneTimePurpose,
    token: string,
  ): Promise<OneTimeGrant> {
    const [row] = await session.select().from(oneTimeTokens).where(hasToken(purpose, token));
    if (row === undefined) throw deadLink('unknown');
    if (row.usedAt !== null) throw deadLink('used');
    if (row.expiresAt <= this.clock.now()) throw deadLink('expired');
    return grantOf(row);
  }

  /**
   * Uses a token up. Of several parallel uses, one succeeds. Locks the row of its account until the
   * transaction ends.
   *
   * @throws {PlatformError} `link_invalid` if it is unknown, was used or has expired
   */
  async redeem(
    session: DatabaseSession,
    purpose: OneTimePurpose,
    token: string,
  ): Promise<OneTimeGrant> {
    const grant = await this.peek(session, purpose, token);
    if (grant.accountId !== undefined) {
      await this.accounts.lockForUpdate(session, { id: grant.accountId });
    }
    // The row stays to tell a used link from a false one. Its subject is no longer needed.
    const used = await session
      .update(oneTimeTokens)
      .set({ usedAt: this.clock.now(), data: null })
      .where(and(hasToken(purpose, token), this.unspent()))
      .returning({ hash: oneTimeTokens.hash });
    if (used.length === 0) throw deadLink('used');
    return grant;
  }

  /** Withdraws the unused tokens of an account: those of a purpose, or all. */
  async withdraw(
    session: DatabaseSession,
    accountId: string | undefined,
    purpose?: OneTimePurpose,
  ): Promise<void> {
    await session
      .delete(oneTimeTokens)
      .where(
        and(
          accountId === undefined
            ? isNull(oneTimeTokens.accountId)
            : eq(oneTimeTokens.accountId, accountId),
          purpose && eq(oneTimeTokens.purpose, purpose),
          isNull(oneTimeTokens.usedAt),
        ),
      );
  }

  /** Makes room for one more link of a purpose beside the newest ones of an account, which stay valid. */
  async keepNewest(
    session: DatabaseSession,
    accountId: string,
    purpose: OneTimePurpose,
  ): Promise<void> {
    const { hash, createdAt } = oneTimeTokens;
    const ofAccount = and(
      eq(oneTimeTokens.accountId, accountId),
      eq(oneTimeTokens.purpose, purpose),
    );
    const older = session
      .select({ hash })
      .from(oneTimeTokens)
      .where(ofAccount)
      .orderBy(desc(createdAt), desc(hash))
      .offset(MAX_LINKS - 1);
    await session.delete(oneTimeTokens).where(inArray(hash, older));
  }

  /** Lists the unused tokens of an account, or of none, oldest first. */
  async pending(
    session: DatabaseSession,
    accountId: string | undefined,
    purpose: OneTimePurpose,
  ): Promise<readonly OneTimeGrant[]> {
    const rows = await session
      .select()
      .from(oneTimeTokens)
      .where(
        and(
          accountId === undefined
            ? isNull(oneTimeTokens.accountId)
            : eq(oneTimeTokens.accountId, accountId),
          eq(oneTimeTokens.purpose, purpose),
          this.unspent(),
        ),
      )
      .orderBy(oneTimeTokens.createdAt);
    return rows.map(grantOf);
  }

  private unspent() {
    return and(isNull(oneTimeTokens.usedAt), gt(oneTimeTokens.expiresAt, this.clock.now()));
  }
}

function hasToken(purpose: OneTimePurpose, token: string) {
  const hash = hashOpaqueToken(token);
  return and(eq(oneTimeTokens.hash, hash), eq(oneTimeTokens.purpose, purpose));
}

/** The holder of the token may know what became of it. */
function deadLink(reason: 'used' | 'expired' | 'unknown'): PlatformError {
  return new PlatformError('link_invalid', { details: { reason } });
}

function grantOf(row: typeof oneTimeTokens.$inferSelect): OneTimeGrant {
  return { accountId: row.accountId ?? undefined, data: row.data ?? {} };
}

/** Provides {@link OneTimeTokensService}. */
@Module({
  imports: [AccountsModule],
  providers: [OneTimeTokensService],
  exports: [OneTimeTokensService],
})
export class OneTimeTokensModule {}

const HOUR = 60 * 60;

/** The lifetimes of the links in mails, in seconds. */
export const VERIFICATION_TTL = 24 * HOUR;
export const RESET_TTL = HOUR;

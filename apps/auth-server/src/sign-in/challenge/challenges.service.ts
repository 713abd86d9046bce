import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import { type AccountRow, AccountsService } from '../../accounts/accounts.service.js';
import type { Proof } from '../../credentials/credential.js';
import type { Factor } from '../../credentials/factor-policies.js';
import { CODE_TTL, OneTimeCodes } from '../../credentials/one-time-code/one-time-codes.js';
import { accountParty } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { signInCodeMail } from '../../notifications/account-mails.js';
import { Outbox } from '../../notifications/mail-queue.js';
import { Clock } from '../../operation/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../../operation/crypto/opaque-tokens.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { PlatformError } from '../../operation/http/errors.js';
import { RateLimitsService } from '../../operation/limits/rate-limits.service.js';
import { PersonalData } from '../../operation/personal-data/personal-data.js';
import { CLOCK_MARGIN, RetentionRules } from '../../operation/retention/retention-rules.js';
import { type CountedCode, Lockout } from '../login/lockout.js';
import { signInChallenges } from './challenges.table.js';

/** A sign-in that continues with another factor. */
export interface Challenge {
  readonly token: string;
  /** The factors of which one is accepted. */
  readonly factors: readonly Factor[];
  readonly expiresAt: Date;
}

/** The flow of the API. Each interaction is a flow of its own. */
export const API_FLOW = 'api';

/** The request for a challenge. */
interface ChallengeRequest {
  readonly flow: string;
  /** The account, if its password was verified. */
  readonly proven: { readonly account: AccountRow; readonly proof: Proof } | undefined;
  /** The name whose failures end with the challenge. */
  readonly subject: string;
  /** False if the account got too many mails. See {@link ChallengesService.mayMail}. */
  readonly mayMail: boolean;
}

/** An answer to a challenge. */
interface ChallengeAnswer {
  readonly token: string;
  readonly factor: string;
  readonly code: string;
  readonly flow: string;
}

/** An account with the proofs of its owner. */
interface CompletedChallenge {
  readonly account: AccountRow;
  readonly proofs: readonly Proof[];
}

const MAX_TRIES = 5;

/**
 * Sign-ins that continue with a code from a mail. A challenge after a wrong password looks and works the same,
 * but no mail is sent and no code completes it.
 */
@Injectable()
export class ChallengesService implements OnModuleInit {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly codes: OneTimeCodes,
    private readonly lockout: Lockout,
    private readonly limits: RateLimitsService,
    private readonly outbox: Outbox,
    private readonly events: Events,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    const { hash, accountId, expiresAt } = signInChallenges;
    this.retention.register({
      name: 'sign_in_challenges',
      table: signInChallenges,
      key: hash,
      expired: (before) => lt(expiresAt, before(CLOCK_MARGIN)),
    });
    this.personalData.register({
      forget: async (tx, accountIds) => {
        await tx.delete(signInChallenges).where(inArray(accountId, [...accountIds]));
      },
    });
  }

  /** Counts a mail with a code, before the transaction that sends it. Counts as well if none will be sent. */
  mayMail(proven: ChallengeRequest['proven']): Promise<boolean> {
    return this.limits.mayMail('code', proven?.account.id ?? randomUUID());
  }

  /** Starts a challenge, and mails its code if the password was right. Does the same work if it was wrong. */
  async start(tx: DatabaseSession, request: ChallengeRequest): Promise<Challenge> {
    const { flow, proven, subject, mayMail } = request;
    const token = newOpaqueToken('pch');
    const hash = hashOpaqueToken(token);
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + CODE_TTL * 1000);
    const code = this.codes.create();
    await tx.insert(signInChallenges).values({
      hash,
      flow,
      accountId: proven?.account.id,
      proofs: proven === undefined ? [] : [{ ...proven.proof, at: proven.proof.at.toISOString() }],
      subject,
      codeHash: this.codes.hash(hash, code),
      expiresAt,
    });
    const to = proven?.account.email;
    const mail = signInCodeMail({ to: to ?? 'nobody@example.invalid', code });
    await this.outbox.put(tx, mail, mayMail && typeof to === 'string');
    return { token, factors: ['email_code'], expiresAt };
  }

  /**
   * Completes a challenge with the code of its mail. Of several parallel uses, one succeeds.
   *
   * @throws {PlatformError} `code_wrong`, also if the password was wrong; `challenge_invalid` if the challenge
   * is unknown, was completed, has expired, or had five wrong codes; `overloaded`
   */
  async complete({ token, factor, code, flow }: ChallengeAnswer): Promise<CompletedChallenge> {
    const hash = hashOpaqueToken(token);
    const challenge = await this.try(hash, flow);
    const attempt = await this.lockout.beginCode(challenge.accountId ?? hash);
    const account = await this.accounts.find(challenge.accountId ?? randomUUID());
    const { subject, codeHash } = challenge;
    const proofs = challenge.proofs.map((proof) => ({ ...proof, at: new Date(proof.at) }));
    const securityVersion = proofs[0]?.securityVersion ?? 0;
    const proof = this.codes.verify(code, { context: hash, hash: codeHash, securityVersion });
    const isAccepted = factor === 'email_code' && !attempt.isFull && proofs.length > 0;
    if (account === undefined || proof === undefined || !isAccepted) {
      await this.refuse(account, attempt);
      throw new PlatformError('code_wrong');
    }
    await this.database.db.transaction(async (tx) => {
      const used = await tx
        .delete(signInChallenges)
        .where(eq(signInChallenges.hash, hash))
        .returning({ hash: signInChallenges.hash });
      if (used.length === 0) throw new PlatformError('challenge_invalid');
      await this.lockout.endChallenge(tx, subject, attempt);
    });
    return { account, proofs: [...proofs, proof] };
  }

  /** Counts a try before its code is compared. */
  private async try(hash: string, flow: string) {
    const { tries, expiresAt } = signInChallenges;
    const [challenge] = await this.database.db
      .update(signInChallenges)
      .set({ tries: sql`${tries} + 1` })
      .where(
        and(
          eq(signInChallenges.hash, hash),
          eq(signInChallenges.flow, flow),
          lt(tries, MAX_TRIES),
          gt(expiresAt, this.clock.now()),
        ),
      )
      .returning();
    if (challenge === undefined) throw new PlatformError('challenge_invalid');
    return challenge;
  }

  private async refuse(account: AccountRow | undefined, attempt: CountedCode): Promise<void> {
    const subject = account && accountParty(account.id);
    const failed = { type: 'sign_in.failed', outcome: 'failure', subject } as const;
    await this.database.db.transaction(async (tx) => {
      await this.lockout.failCode(tx, attempt);
      await this.events.record(tx, failed);
    });
  }
}

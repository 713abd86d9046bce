import { Injectable, Module } from '@nestjs/common';
import { and, eq, gt, inArray, type SQL } from 'drizzle-orm';
import { Clock } from '../../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { oidcPayloads } from './payloads.table.js';
import {
  type RevocableToken,
  RevocationAnnouncer,
  RevokedTokens,
} from '../../sessions/revocations.js';
import { hashOf } from './stored-payload.js';
import { SessionsModule } from '../../sessions/sessions.module.js';

const MODEL = 'SignedAccessToken';

/** What takes a token back once it goes. */
export interface TokenSource {
  readonly grantId: string;
  readonly clientId: string;
}

/**
 * The signed access tokens that grants of people gave. They are believed without asking, so that taking
 * back a grant has to name each of them.
 */
@Injectable()
export class IssuedTokens {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly announcer: RevocationAnnouncer,
    private readonly revoked: RevokedTokens,
    private readonly clock: Clock,
  ) {}

  /** To be called before the token goes out. Where its grant was taken back meanwhile, it is too. */
  async note(token: RevocableToken, source: TokenSource): Promise<void> {
    const { id, expiresAt } = token;
    const isNoted = await this.database.db.transaction(async (tx) => {
      if (!(await this.holdGrant(tx, source.grantId))) return false;
      const row = { model: MODEL, idHash: hashOf(id), payload: { id }, expiresAt, ...source };
      await tx.insert(oidcPayloads).values(row);
      return true;
    });
    if (!isNoted) await this.revoke([token]);
  }

  /**
   * Refuses tokens from now on, here and wherever the library stands guard.
   *
   * @throws {PatronusError} `provider_unavailable` where the word cannot be passed on: revoke again
   */
  async revoke(tokens: readonly RevocableToken[]): Promise<void> {
    await this.revoked.record(this.database.db, tokens);
    await this.announce(tokens);
  }

  /** To be called once the grant is gone: what is noted later finds none. @throws as {@link revoke} */
  async revokeByGrant(grantId: string): Promise<void> {
    const ofGrant = eq(oidcPayloads.grantId, grantId);
    const tokens = await this.database.db.transaction((tx) => this.withdraw(tx, ofGrant));
    await this.announce(tokens);
  }

  /**
   * Takes back everything that clients were given, in the transaction of the caller.
   *
   * @returns the signed tokens to announce once the transaction is committed
   */
  async withdrawByClients(
    session: DatabaseSession,
    clientIds: readonly string[],
  ): Promise<readonly RevocableToken[]> {
    const ofThem = inArray(oidcPayloads.clientId, [...clientIds]);
    // The grants first: a token that is signed meanwhile is noted by now, or finds none.
    await session.delete(oidcPayloads).where(and(ofThem, eq(oidcPayloads.model, 'Grant')));
    const given = await this.withdraw(session, ofThem);
    await session.delete(oidcPayloads).where(ofThem);
    return given;
  }

  /** @throws {PatronusError} `provider_unavailable`: it is tried again until it could be said */
  async announce(tokens: readonly RevocableToken[]): Promise<void> {
    await this.announcer.announce(tokens.map(({ id }) => ({ token: id })));
  }

  /** Whoever takes the grant back waits until the token is noted. */
  private async holdGrant(session: DatabaseSession, grantId: string): Promise<boolean> {
    const { model, idHash, expiresAt } = oidcPayloads;
    const held = await session
      .select({ idHash })
      .from(oidcPayloads)
      .where(and(eq(model, 'Grant'), eq(idHash, hashOf(grantId)), gt(expiresAt, this.clock.now())))
      .for('key share');
    return held.length > 0;
  }

  private async withdraw(session: DatabaseSession, which: SQL): Promise<readonly RevocableToken[]> {
    const removed = await session
      .delete(oidcPayloads)
      .where(and(eq(oidcPayloads.model, MODEL), which))
      .returning({ payload: oidcPayloads.payload, expiresAt: oidcPayloads.expiresAt });
    const given = removed.flatMap(({ payload: { id }, expiresAt }) =>
      typeof id === 'string' && expiresAt !== null ? [{ id, expiresAt }] : [],
    );
    await this.revoked.record(session, given);
    return given;
  }
}

/** For all that takes back what was given: grants, and clients. */
@Module({ imports: [SessionsModule], providers: [IssuedTokens], exports: [IssuedTokens] })
export class IssuedTokensModule {}

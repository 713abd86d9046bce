import { Injectable, Module } from '@nestjs/common';
import { and, eq, gt, inArray, type SQL } from 'drizzle-orm';
import { accountParty, type Party } from '../../events/catalogue.js';
import { Clock } from '../../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { logoutNotices } from './logout-notices.table.js';
import { oidcPayloads } from './payloads.table.js';
import {
  type RevocableToken,
  RevocationAnnouncer,
  RevokedTokens,
} from '../../sessions/revocations.js';
import { hashOf } from './stored-payload.js';
import { SessionsModule } from '../../sessions/sessions.module.js';

const MODEL = 'SignedAccessToken';

/** The grant and the client of a token. Deleting either revokes the token. */
export interface TokenSource {
  readonly grantId: string;
  readonly clientId: string;
  readonly accountId: string;
}

/**
 * The signed access tokens of people's grants. Guards accept them without a request to the platform, so
 * revoking a grant must announce each of them.
 */
@Injectable()
export class IssuedTokens {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly announcer: RevocationAnnouncer,
    private readonly revoked: RevokedTokens,
    private readonly clock: Clock,
  ) {}

  /** Records a token before it is sent. If its grant was revoked, the token is revoked, too. */
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
   * Revokes tokens on this platform and in every application that shares its revocations.
   *
   * @param by the client that revokes them
   * @throws {PatronusError} `provider_unavailable` if the revocations cannot be announced: revoke again
   */
  async revoke(tokens: readonly RevocableToken[], by?: Party): Promise<void> {
    await this.database.db.transaction((tx) => this.revoked.record(tx, tokens, by));
    await this.announce(tokens);
  }

  /** Revokes the tokens of a grant. Delete the grant first. @throws as {@link revoke} */
  async revokeByGrant(grantId: string): Promise<void> {
    const ofGrant = eq(oidcPayloads.grantId, grantId);
    const tokens = await this.database.db.transaction((tx) => this.withdraw(tx, ofGrant));
    await this.announce(tokens);
  }

  /**
   * Revokes everything that was issued to clients, in the transaction of the caller.
   *
   * @param by the person or client that removes them
   * @returns the signed tokens, to announce after the commit
   */
  async withdrawByClients(
    session: DatabaseSession,
    clientIds: readonly string[],
    by: Party | undefined,
  ): Promise<readonly RevocableToken[]> {
    const ofThem = inArray(oidcPayloads.clientId, [...clientIds]);
    // The grants are deleted first. A token that is signed at the same time is recorded already, or finds no grant.
    await session.delete(oidcPayloads).where(and(ofThem, eq(oidcPayloads.model, 'Grant')));
    const given = await this.withdraw(session, ofThem, by);
    await session.delete(oidcPayloads).where(ofThem);
    await session.delete(logoutNotices).where(inArray(logoutNotices.clientId, [...clientIds]));
    return given;
  }

  /** Announces revocations, and retries. @throws {PatronusError} `provider_unavailable` if the first attempt fails */
  async announce(tokens: readonly RevocableToken[]): Promise<void> {
    await this.announcer.announce(tokens.map(({ id }) => ({ token: id })));
  }

  /** Share-locks the grant, so that its revocation waits until the token is recorded. */
  private async holdGrant(session: DatabaseSession, grantId: string): Promise<boolean> {
    const { model, idHash, expiresAt } = oidcPayloads;
    const held = await session
      .select({ idHash })
      .from(oidcPayloads)
      .where(and(eq(model, 'Grant'), eq(idHash, hashOf(grantId)), gt(expiresAt, this.clock.now())))
      .for('key share');
    return held.length > 0;
  }

  private async withdraw(
    session: DatabaseSession,
    which: SQL,
    by?: Party,
  ): Promise<readonly RevocableToken[]> {
    const removed = await session
      .delete(oidcPayloads)
      .where(and(eq(oidcPayloads.model, MODEL), which))
      .returning({
        payload: oidcPayloads.payload,
        expiresAt: oidcPayloads.expiresAt,
        accountId: oidcPayloads.accountId,
      });
    const given = removed.flatMap(({ payload: { id }, expiresAt, accountId }) => {
      if (typeof id !== 'string' || expiresAt === null) return [];
      return [{ id, expiresAt, subject: accountId === null ? undefined : accountParty(accountId) }];
    });
    await this.revoked.record(session, given, by);
    return given;
  }
}

/** Provides {@link IssuedTokens} to the rooms that revoke tokens: grants and clients. */
@Module({ imports: [SessionsModule], providers: [IssuedTokens], exports: [IssuedTokens] })
export class IssuedTokensModule {}

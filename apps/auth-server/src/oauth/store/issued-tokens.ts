import { Injectable } from '@nestjs/common';
import { and, eq, gt, inArray, type SQL } from 'drizzle-orm';
import { Clock } from '../../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { oidcPayloads, revokedTokens } from '../../operation/database/tables.js';
import { RevocationAnnouncer } from '../../sessions/revocations.js';
import { hashOf } from './stored-payload.js';

const MODEL = 'SignedAccessToken';

/** A signed access token, as far as revoking it needs. */
export interface IssuedToken {
  /** Its `jti`. */
  readonly id: string;
  readonly expiresAt: Date;
}

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
    private readonly clock: Clock,
  ) {}

  /** To be called before the token goes out. Where its grant was taken back meanwhile, it is too. */
  async note(token: IssuedToken, source: TokenSource): Promise<void> {
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
  async revoke(tokens: readonly IssuedToken[]): Promise<void> {
    await this.writeDown(this.database.db, tokens);
    await this.announce(tokens);
  }

  /** To be called once the grant is gone: what is noted later finds none. @throws as {@link revoke} */
  async revokeByGrant(grantId: string): Promise<void> {
    const ofGrant = eq(oidcPayloads.grantId, grantId);
    const tokens = await this.database.db.transaction((tx) => this.withdraw(tx, ofGrant));
    await this.announce(tokens);
  }

  /**
   * As part of a transaction in which the grants of these clients have gone.
   *
   * @returns what is to be announced once it is committed
   */
  withdrawByClients(
    session: DatabaseSession,
    clientIds: readonly string[],
  ): Promise<readonly IssuedToken[]> {
    return this.withdraw(session, inArray(oidcPayloads.clientId, [...clientIds]));
  }

  /** @throws {PatronusError} `provider_unavailable`: it is tried again until it could be said */
  async announce(tokens: readonly IssuedToken[]): Promise<void> {
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

  private async withdraw(session: DatabaseSession, which: SQL): Promise<readonly IssuedToken[]> {
    const removed = await session
      .delete(oidcPayloads)
      .where(and(eq(oidcPayloads.model, MODEL), which))
      .returning({ payload: oidcPayloads.payload, expiresAt: oidcPayloads.expiresAt });
    const given = removed.flatMap(({ payload: { id }, expiresAt }) =>
      typeof id === 'string' && expiresAt !== null ? [{ id, expiresAt }] : [],
    );
    await this.writeDown(session, given);
    return given;
  }

  private async writeDown(session: DatabaseSession, tokens: readonly IssuedToken[]): Promise<void> {
    if (tokens.length === 0) return;
    const revokedAt = this.clock.now();
    await session
      .insert(revokedTokens)
      .values(tokens.map(({ id, expiresAt }) => ({ tokenId: id, revokedAt, expiresAt })))
      .onConflictDoNothing();
  }
}

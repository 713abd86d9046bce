import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { Clock } from '../../clock/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../../database/platform-database.js';
import { oidcPayloads, revokedTokens } from '../../database/schema/index.js';
import { RevocationAnnouncer } from '../../sessions/revocation-announcer.js';
import { OidcPayloadRepository } from './oidc-payload.repository.js';
import { hashOf } from './stored-id.js';

const MODEL = 'SignedAccessToken';

/** A signed access token, as far as revoking it needs. */
export interface IssuedToken {
  /** Its `jti`. */
  readonly id: string;
  readonly expiresAt: Date;
}

/**
 * The signed access tokens that grants of people gave. They are believed without asking, so that taking
 * back a grant has to name each of them.
 */
@Injectable()
export class IssuedTokens {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly rows: OidcPayloadRepository,
    private readonly announcer: RevocationAnnouncer,
    private readonly clock: Clock,
  ) {}

  /** To be called before the token goes out. Where its grant was taken back meanwhile, it is too. */
  async note(token: IssuedToken, grantId: string): Promise<void> {
    const { id, expiresAt } = token;
    await this.rows.put({
      model: MODEL,
      idHash: hashOf(id),
      payload: { id },
      grantId,
      expiresAt,
    });
    const grant = await this.rows.findByHash('Grant', hashOf(grantId));
    if (grant === undefined) await this.revoke([token]);
  }

  /**
   * Refuses tokens from now on, here and wherever the library stands guard.
   *
   * @throws {PatronusError} `provider_unavailable` where the word cannot be passed on: revoke again
   */
  async revoke(tokens: readonly IssuedToken[]): Promise<void> {
    if (tokens.length === 0) return;
    await this.writeDown(this.database.db, tokens);
    await this.announce(tokens);
  }

  async revokeByGrant(grantId: string): Promise<void> {
    const tokens = await this.database.db.transaction(async (tx) => {
      const removed = await tx
        .delete(oidcPayloads)
        .where(and(eq(oidcPayloads.model, MODEL), eq(oidcPayloads.grantId, grantId)))
        .returning({ payload: oidcPayloads.payload, expiresAt: oidcPayloads.expiresAt });
      const given = removed.flatMap(({ payload: { id }, expiresAt }) =>
        typeof id === 'string' && expiresAt !== null ? [{ id, expiresAt }] : [],
      );
      await this.writeDown(tx, given);
      return given;
    });
    await this.announce(tokens);
  }

  private async writeDown(session: DatabaseSession, tokens: readonly IssuedToken[]): Promise<void> {
    if (tokens.length === 0) return;
    const revokedAt = this.clock.now();
    await session
      .insert(revokedTokens)
      .values(tokens.map(({ id, expiresAt }) => ({ tokenId: id, revokedAt, expiresAt })))
      .onConflictDoNothing();
  }

  private async announce(tokens: readonly IssuedToken[]): Promise<void> {
    await this.announcer.announce(tokens.map(({ id }) => ({ token: id })));
  }
}

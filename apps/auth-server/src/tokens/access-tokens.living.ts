import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import type { JWTPayload } from 'jose';
import { PlatformDatabase } from '../database/platform-database.js';
import { accounts, revokedTokens, sessions } from '../database/schema/index.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Says of verified claims whether they still hold: what a signature cannot know. */
@Injectable()
export class LivingTokens {
  constructor(private readonly database: PlatformDatabase) {}

  async counts(claims: JWTPayload): Promise<boolean> {
    const { sub, jti, sid, client_id: clientId } = claims;
    if (sub === undefined || jti === undefined) return false;
    // A client that acts for itself has neither account nor session (RFC 9068, section 2.2).
    if (sub === clientId) return sid === undefined && !(await this.isRevoked(jti));
    if (!UUID.test(sub) || (sid !== undefined && typeof sid !== 'string')) return false;
    return this.accountCounts(sub, jti, sid);
  }

  private async isRevoked(jti: string): Promise<boolean> {
    const found = await this.database.db.$count(revokedTokens, eq(revokedTokens.tokenId, jti));
    return found > 0;
  }

  private async accountCounts(sub: string, jti: string, sid: string | undefined): Promise<boolean> {
    const [row] = await this.database.db
      .select({ state: accounts.state, session: sessions, revoked: revokedTokens.tokenId })
      .from(accounts)
      .leftJoin(sessions, and(eq(sessions.id, sid ?? ''), eq(sessions.accountId, accounts.id)))
      .leftJoin(revokedTokens, eq(revokedTokens.tokenId, jti))
      .where(eq(accounts.id, sub));
    if (row?.state !== 'active' || row.revoked !== null) return false;
    return sid === undefined || (row.session !== null && row.session.endedAt === null);
  }
}

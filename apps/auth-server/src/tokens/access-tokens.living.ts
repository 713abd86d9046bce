import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import type { JWTPayload } from 'jose';
import { isUuid } from '../database/is-uuid.js';
import { PlatformDatabase } from '../database/platform-database.js';
import { accounts, clients, revokedTokens, sessions } from '../database/schema/index.js';
import { PLATFORM_CLIENT_ID } from './platform-client-id.js';

/** The claims of a token that a person gave a client. */
interface Person {
  readonly sub: string;
  readonly jti: string;
  readonly sid: string | undefined;
  readonly clientId: string;
}

/** Says of verified claims whether they still hold: what a signature cannot know. */
@Injectable()
export class LivingTokens {
  constructor(private readonly database: PlatformDatabase) {}

  async counts(claims: JWTPayload): Promise<boolean> {
    const { sub, jti, sid, client_id: clientId } = claims;
    if (sub === undefined || jti === undefined || typeof clientId !== 'string') return false;
    // A client that acts for itself has neither account nor session (RFC 9068, section 2.2).
    if (sub === clientId) return sid === undefined && this.clientCounts(clientId, jti);
    if (!isUuid(sub) || (sid !== undefined && typeof sid !== 'string')) return false;
    return this.accountCounts({ sub, jti, sid, clientId });
  }

  private async clientCounts(clientId: string, jti: string): Promise<boolean> {
    const [row] = await this.database.db
      .select({ revoked: revokedTokens.tokenId })
      .from(clients)
      .leftJoin(revokedTokens, eq(revokedTokens.tokenId, jti))
      .where(eq(clients.id, clientId));
    return row !== undefined && row.revoked === null;
  }

  private async accountCounts({ sub, jti, sid, clientId }: Person): Promise<boolean> {
    const { tokenId: revoked } = revokedTokens;
    const [row] = await this.database.db
      .select({ state: accounts.state, session: sessions, revoked, client: clients.id })
      .from(accounts)
      .leftJoin(sessions, and(eq(sessions.id, sid ?? ''), eq(sessions.accountId, accounts.id)))
      .leftJoin(revokedTokens, eq(revokedTokens.tokenId, jti))
      .leftJoin(clients, eq(clients.id, clientId))
      .where(eq(accounts.id, sub));
    if (row?.state !== 'active' || row.revoked !== null) return false;
    if (row.client === null && clientId !== PLATFORM_CLIENT_ID) return false;
    return sid === undefined || (row.session !== null && row.session.endedAt === null);
  }
}

import { randomUUID } from 'node:crypto';
import { Injectable, Module } from '@nestjs/common';
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { Clock } from '../operation/clock.js';
import { isUuid, PlatformDatabase } from '../operation/database/database.js';
import type { AccountRow } from '../accounts/accounts.service.js';
import { activeAccounts } from '../accounts/accounts.statements.js';
import { revokedTokens, type SessionRow, sessions } from './sessions.table.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { SigningKeySet, KeysModule } from './keys/signing-key-set.js';
import { PLATFORM_CLIENT_ID } from './keys/signing-key.js';

/** The claims of a token that a person gave a client. */
interface Person {
  readonly sub: string;
  readonly jti: string;
  readonly sid: string | undefined;
  readonly clientId: string;
}

/** The status of OAuth clients, which the room of the clients provides. Until then, no client is known. */
@Injectable()
export class ClientStatus {
  #isKnown: (clientId: string) => SQL = () => sql`false`;

  /** @param isKnown returns the condition that a client exists */
  provide(isKnown: (clientId: string) => SQL): void {
    this.#isKnown = isKnown;
  }

  isKnown(clientId: string): SQL {
    return clientId === PLATFORM_CLIENT_ID ? sql`true` : this.#isKnown(clientId);
  }
}

/** Checks what the signature of a token cannot prove: that its client, account and session still exist. */
@Injectable()
class TokenStatus {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clients: ClientStatus,
  ) {}

  async isActive(claims: JWTPayload): Promise<boolean> {
    const { sub, jti, sid, client_id: clientId } = claims;
    if (sub === undefined || jti === undefined || typeof clientId !== 'string') return false;
    // A client that acts for itself has neither account nor session (RFC 9068, section 2.2).
    if (sub === clientId) return sid === undefined && this.isClientsActive(clientId, jti);
    if (!isUuid(sub) || (sid !== undefined && typeof sid !== 'string')) return false;
    return this.isPersonsActive({ sub, jti, sid, clientId });
  }

  private async isClientsActive(clientId: string, jti: string): Promise<boolean> {
    // The platform's own API never acts for itself.
    if (clientId === PLATFORM_CLIENT_ID) return false;
    const { db } = this.database;
    const isRevoked = eq(revokedTokens.tokenId, jti);
    const [row] = await db
      .select({ isKnown: sql<boolean>`${this.clients.isKnown(clientId)}` })
      .from(sql`(select 1) as one`)
      .leftJoin(revokedTokens, isRevoked)
      .where(isNull(revokedTokens.tokenId));
    return row?.isKnown === true;
  }

  private async isPersonsActive({ sub, jti, sid, clientId }: Person): Promise<boolean> {
    const { db } = this.database;
    const account = activeAccounts(db);
    const [row] = await db
      .select({ endedAt: sessions.endedAt, session: sessions.id })
      .from(account)
      .leftJoin(sessions, and(eq(sessions.id, sid ?? ''), eq(sessions.accountId, account.id)))
      .leftJoin(revokedTokens, eq(revokedTokens.tokenId, jti))
      .where(
        and(eq(account.id, sub), isNull(revokedTokens.tokenId), this.clients.isKnown(clientId)),
      );
    if (row === undefined) return false;
    return sid === undefined || (row.session !== null && row.endedAt === null);
  }
}

/** The account and the session that an access token belongs to. */
export interface AccessTokenSubject {
  readonly account: AccountRow;
  readonly session: SessionRow;
}

/** A valid access token. */
interface VerifiedAccessToken {
  readonly claims: JWTPayload;
}

const TYPE = 'at+jwt';

/** Signed access tokens (RFC 9068). */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly keySet: SigningKeySet,
    private readonly status: TokenStatus,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
  ) {}

  /** Issues a token for the platform's own API. It expires with its session at the latest. */
  async issue({ account, session }: AccessTokenSubject): Promise<string> {
    const { kid, algorithm, privateKey } = this.keySet.signingKey('ES256');
    const issuedAt = this.secondsNow();
    const claims = {
      client_id: PLATFORM_CLIENT_ID,
      sid: session.id,
      auth_time: Math.floor(session.authenticatedAt.getTime() / 1000),
      amr: session.methods,
      platform_roles: [account.role],
      email: account.email ?? undefined,
      email_verified: account.emailVerifiedAt !== null,
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid, typ: TYPE })
      .setIssuer(this.settings.issuer)
      .setAudience(this.settings.apiAudience)
      .setSubject(account.id)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + this.lifeIn(session))
      .sign(privateKey);
  }

  /** Returns the lifetime of a token that is issued now, in seconds. */
  lifeIn(session: SessionRow): number {
    const left = Math.floor(session.expiresAt.getTime() / 1000) - this.secondsNow();
    return Math.max(0, Math.min(this.settings.accessTokenTtl, left));
  }

  /**
   * Verifies an access token of the platform for any audience. Undefined if the token is forged, expired or
   * revoked, its session has ended, or its account is closed.
   *
   * @throws if the database does not answer
   */
  async verify(token: string): Promise<VerifiedAccessToken | undefined> {
    const claims = await this.claimsOf(token);
    return claims !== undefined && (await this.status.isActive(claims)) ? { claims } : undefined;
  }

  private async claimsOf(token: string): Promise<JWTPayload | undefined> {
    try {
      const { kid } = decodeProtectedHeader(token);
      const key = kid === undefined ? undefined : this.keySet.find(kid);
      if (key === undefined) return undefined;
      const { payload } = await jwtVerify(token, key.publicKey, {
        algorithms: [key.algorithm],
        typ: TYPE,
        issuer: this.settings.issuer,
        requiredClaims: ['exp', 'iat', 'aud', 'client_id'],
        currentDate: this.clock.now(),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
      throw error;
    }
  }

  private secondsNow(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
  }
}

@Module({
  imports: [KeysModule],
  providers: [ClientStatus, TokenStatus, AccessTokensService],
  exports: [AccessTokensService, ClientStatus],
})
export class AccessTokensModule {}

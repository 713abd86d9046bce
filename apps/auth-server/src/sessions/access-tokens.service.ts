import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { Clock } from '../operation/clock.js';
import { isUuid, PlatformDatabase } from '../operation/database/database.js';
import {
  type AccountRow,
  accounts,
  clients,
  revokedTokens,
  type SessionRow,
  sessions,
} from '../operation/database/tables.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { KeySet } from './keys/key-set.js';
import { PLATFORM_CLIENT_ID } from './keys/lifetimes.js';

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

/** Whom an access token is for. */
export interface AccessTokenSubject {
  readonly account: AccountRow;
  readonly session: SessionRow;
}

/** An access token that counts. */
interface VerifiedAccessToken {
  readonly claims: JWTPayload;
}

const TYPE = 'at+jwt';

/** Signed access tokens (RFC 9068). */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly keySet: KeySet,
    private readonly living: LivingTokens,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
  ) {}

  /** For the platform's own API. It ends with its session at the latest. */
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

  /** For how many seconds a token counts that is issued now. */
  lifeIn(session: SessionRow): number {
    const left = Math.floor(session.expiresAt.getTime() / 1000) - this.secondsNow();
    return Math.max(0, Math.min(this.settings.accessTokenTtl, left));
  }

  /**
   * The claims of an access token that this platform signed, for whichever audience. Undefined where it
   * does not count: forged, expired, revoked, of a session that has ended, of a closed account.
   *
   * @throws where the database does not answer
   */
  async verify(token: string): Promise<VerifiedAccessToken | undefined> {
    const claims = await this.claimsOf(token);
    return claims !== undefined && (await this.living.counts(claims)) ? { claims } : undefined;
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

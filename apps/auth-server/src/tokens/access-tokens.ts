import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { Clock } from '../clock/clock.js';
import type { AccountRow, SessionRow } from '../database/schema/index.js';
import { KeySet } from '../keys/key-set.js';
import { ServerSettings } from '../settings/server-settings.js';
import { LivingTokens } from './access-tokens.living.js';
import { PLATFORM_CLIENT_ID } from './platform-client-id.js';

/** Whom an access token is for. */
export interface AccessTokenSubject {
  readonly account: AccountRow;
  readonly session: SessionRow;
}

/** An access token that counts. */
export interface VerifiedAccessToken {
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

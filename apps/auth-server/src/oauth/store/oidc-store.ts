import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Clock } from '../../clock/clock.js';
import { PlatformDatabase } from '../../database/platform-database.js';
import { oidcPayloads } from '../../database/schema/index.js';
import { ServerSettings } from '../../settings/server-settings.js';
import { IssuedTokens } from './issued-tokens.js';
import { OidcPayloadRepository } from './oidc-payload.repository.js';
import { hashOf } from './stored-id.js';

/** What the adapters of all models share. */
@Injectable()
export class OidcStore {
  constructor(
    readonly database: PlatformDatabase,
    readonly rows: OidcPayloadRepository,
    readonly issued: IssuedTokens,
    private readonly settings: ServerSettings,
    private readonly clock: Clock,
  ) {}

  /** @param expiresIn in seconds */
  expiryOf(expiresIn: number | undefined): Date | null {
    return expiresIn === undefined ? null : new Date(this.clock.now().getTime() + expiresIn * 1000);
  }

  isWithinGrace(consumedAt: Date): boolean {
    const age = this.clock.now().getTime() - consumedAt.getTime();
    return age <= this.settings.refreshGrace * 1000;
  }

  /** Takes back all that the grant of a code gave, the grant included. */
  async revokeGrantOf(model: string, idHash: string): Promise<void> {
    const grantId = (await this.rows.findByHash(model, idHash))?.grantId;
    if (grantId === undefined || grantId === null) return;
    // The grant first: a token that is issued meanwhile finds none, and is worth nothing.
    await this.rows.remove('Grant', hashOf(grantId));
    await this.issued.revokeByGrant(grantId);
    await this.database.db.delete(oidcPayloads).where(eq(oidcPayloads.grantId, grantId));
  }
}

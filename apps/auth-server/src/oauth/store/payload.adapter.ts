import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import { Clock } from '../../operation/clock.js';
import { PlatformDatabase } from '../../operation/database/database.js';
import { oidcPayloads } from './payloads.table.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import { IssuedTokens } from './issued-tokens.js';
import {
  type NewOidcPayload,
  PayloadRepository,
  type OidcPayloadRow,
} from './payload.repository.js';
import { handleOf, hashOf, isPresentable, withoutSecrets, withSecrets } from './stored-payload.js';

/** The dependencies that the adapters of all models share. */
@Injectable()
export class OidcStore {
  constructor(
    readonly database: PlatformDatabase,
    readonly rows: PayloadRepository,
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

  /** Revokes the grant of a code and everything that was issued for it. */
  async revokeGrantOf(model: string, idHash: string): Promise<void> {
    const grantId = (await this.rows.findByHash(model, idHash))?.grantId;
    if (grantId === undefined || grantId === null) return;
    // The grant is deleted first. A token that is issued at the same time finds no grant and is not valid.
    await this.rows.remove('Grant', hashOf(grantId));
    await this.issued.revokeByGrant(grantId);
    await this.database.db.delete(oidcPayloads).where(eq(oidcPayloads.grantId, grantId));
  }
}

/** Models that honest clients may use twice. The second use is refused without further consequences. */
const FORGIVEN = new Set(['DeviceCode']);

/** Stores a model of oidc-provider. Of several parallel uses of a one-time value, one succeeds. */
export class PayloadAdapter implements Adapter {
  protected readonly rows: PayloadRepository;

  constructor(
    protected readonly model: string,
    protected readonly store: OidcStore,
  ) {
    this.rows = store.rows;
  }

  /** @param expiresIn in seconds */
  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    await this.rows.put(this.rowOf(id, payload, expiresIn));
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (!isPresentable(id)) return undefined;
    const row = await this.rows.findByHash(this.model, hashOf(id));
    if (row === undefined) return undefined;
    if (this.isForgiven(row)) throw new errors.InvalidGrant('it was used a moment ago');
    return withSecrets(id, row.payload, row.consumedAt);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const row = await this.rows.findByUid(this.model, uid);
    return row && withSecrets(handleOf(row.idHash), row.payload, row.consumedAt);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    const row = await this.rows.findByUserCodeHash(this.model, hashOf(userCode));
    if (row === undefined) return undefined;
    return { ...withSecrets(handleOf(row.idHash), row.payload, row.consumedAt), userCode };
  }

  /**
   * Uses a value up. A second use of a code revokes everything that was issued for it, because the code was
   * stolen (RFC 6749, section 4.1.2).
   *
   * @throws {errors.InvalidGrant} if the value was used before
   */
  async consume(id: string): Promise<void> {
    const idHash = hashOf(id);
    if (await this.rows.consume(this.model, idHash)) return;
    if (this.model === 'AuthorizationCode') await this.store.revokeGrantOf(this.model, idHash);
    throw new errors.InvalidGrant('it was used already');
  }

  async destroy(id: string): Promise<void> {
    await this.rows.remove(this.model, hashOf(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.rows.removeByGrant(this.model, grantId);
  }

  protected rowOf(id: string, payload: AdapterPayload, expiresIn?: number): NewOidcPayload {
    const { userCode, grantId, sessionUid, accountId, clientId } = payload;
    return {
      model: this.model,
      idHash: hashOf(id),
      payload: withoutSecrets(id, payload),
      userCodeHash: userCode === undefined ? null : hashOf(userCode),
      grantId: grantId ?? null,
      uid: null,
      sessionUid: sessionUid ?? null,
      accountId: accountId ?? null,
      clientId: clientId ?? null,
      expiresAt: this.store.expiryOf(expiresIn),
    };
  }

  /** Tells if a second use at the token endpoint is within the grace period. */
  private isForgiven({ consumedAt }: OidcPayloadRow): boolean {
    if (consumedAt === null || !FORGIVEN.has(this.model)) return false;
    return Provider.ctx?.oidc.route === 'token' && this.store.isWithinGrace(consumedAt);
  }
}

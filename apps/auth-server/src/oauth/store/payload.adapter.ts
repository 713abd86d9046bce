import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import type {
  NewOidcPayload,
  OidcPayloadRepository,
  OidcPayloadRow,
} from './oidc-payload.repository.js';
import type { OidcStore } from './oidc-store.js';
import { handleOf, hashOf, isPresentable } from './stored-id.js';
import { withoutSecrets, withSecrets } from './stored-payload.js';

/** Where an honest client comes twice, the second time is refused, and nothing else happens. */
const FORGIVEN = new Set(['RefreshToken', 'DeviceCode']);

/** Keeps one kind of what oidc-provider makes. What is used up has one winner. */
export class PayloadAdapter implements Adapter {
  protected readonly rows: OidcPayloadRepository;

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
    if (this.isForgiven(row)) throw new errors.InvalidGrant('it was exchanged a moment ago');
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
   * @throws {errors.InvalidGrant} for all but one of those who come at once. A code that came twice
   * takes back what it gave (RFC 6749, section 4.1.2): somebody else has it.
   */
  async consume(id: string): Promise<void> {
    const idHash = hashOf(id);
    if (await this.rows.consume(this.model, idHash)) return;
    if (this.model === 'AuthorizationCode') await this.store.revokeGrantOf(this.model, idHash);
    throw new errors.InvalidGrant('it was exchanged already');
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

  /** At the token endpoint alone: everywhere else, what was used counts as used. */
  private isForgiven({ consumedAt }: OidcPayloadRow): boolean {
    if (consumedAt === null || !FORGIVEN.has(this.model)) return false;
    return Provider.ctx?.oidc.route === 'token' && this.store.isWithinGrace(consumedAt);
  }
}

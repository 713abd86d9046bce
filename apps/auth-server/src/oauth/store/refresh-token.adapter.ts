import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { errors, Provider, type AdapterPayload } from 'oidc-provider';
import { accountParty } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { Clock } from '../../operation/clock.js';
import { Keyring } from '../../operation/crypto/keyring.js';
import { PlatformDatabase } from '../../operation/database/database.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import { PayloadRepository } from './payload.repository.js';
import { OidcStore, PayloadAdapter } from './payload.adapter.js';
import { hashOf, isPresentable, withSecrets } from './stored-payload.js';

/**
 * The succession of refresh tokens at the token endpoint, as at the refresh of the API: the successor of a
 * token is derived from it with a key. A token that is repeated within the grace period gets the same
 * successor: two tabs refreshed, or an answer was lost. A token that is repeated later, or after its successor
 * was used, was stolen.
 */
@Injectable()
export class RefreshTokenFamilies {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly rows: PayloadRepository,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
    private readonly events: Events,
  ) {}

  /** Makes oidc-provider derive successors. The first token of a family is random. */
  addTo(provider: Provider): void {
    Object.defineProperty(provider.RefreshToken.prototype, 'generateTokenId', {
      configurable: true,
      value: () => {
        const previous = Provider.ctx?.oidc.entities.RotatedRefreshToken;
        return previous === undefined
          ? randomBytes(32).toString('base64url')
          : this.#successorOf(previous.jti);
      },
    });
  }

  /** Tells if a token was used within the grace period and its successor was not used yet. */
  async isRepeat(token: string, usedAt: Date | null): Promise<boolean> {
    if (usedAt === null) return false;
    const age = this.clock.now().getTime() - usedAt.getTime();
    if (age >= this.settings.refreshGrace * 1000) return false;
    const successor = await this.rows.findByHash('RefreshToken', hashOf(this.#successorOf(token)));
    // Without a row, the first use is not answered yet, or its answer was lost.
    return (successor?.consumedAt ?? null) === null;
  }

  /** Records that a token of a session was used again. It is not known if the owner or a thief did. */
  async noteReuse(accountId: string, session: string): Promise<void> {
    const type = 'session.refreshed_reuse';
    const subject = accountParty(accountId);
    await this.database.db.transaction((tx) =>
      this.events.record(tx, { type, subject, ids: { session } }),
    );
  }

  #successorOf(token: string): string {
    const key = this.keyring.keyFor('refresh-tokens');
    // The API derives its tokens with the same key, from texts that begin otherwise.
    return createHmac('sha256', key).update(`oauth ${token}`).digest('base64url');
  }
}

/** Stores refresh tokens. Each is exchanged once, and may be repeated within the grace period. */
export class RefreshTokenAdapter extends PayloadAdapter {
  constructor(
    model: string,
    store: OidcStore,
    private readonly families: RefreshTokenFamilies,
  ) {
    super(model, store);
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    if (!isPresentable(id)) return undefined;
    const row = await this.rows.findByHash(this.model, hashOf(id));
    if (row === undefined) return undefined;
    const isRepeat = isExchange() && (await this.families.isRepeat(id, row.consumedAt));
    return withSecrets(id, row.payload, isRepeat ? null : row.consumedAt);
  }

  /** @throws {errors.InvalidGrant} if the token was used before, unless this is a repetition */
  override async consume(id: string): Promise<void> {
    const idHash = hashOf(id);
    if (await this.rows.consume(this.model, idHash)) return;
    const row = await this.rows.findByHash(this.model, idHash);
    if (row !== undefined && (await this.families.isRepeat(id, row.consumedAt))) return;
    throw new errors.InvalidGrant('it was used already');
  }

  /** Deletes a token. oidc-provider does so at the token endpoint only if it was used again. */
  override async destroy(id: string): Promise<void> {
    const { accountId, sessionUid } = Provider.ctx?.oidc.entities.RefreshToken ?? {};
    if (isExchange() && accountId !== undefined && sessionUid !== undefined) {
      await this.families.noteReuse(accountId, sessionUid);
    }
    await super.destroy(id);
  }
}

function isExchange(): boolean {
  return Provider.ctx?.oidc.route === 'token';
}

import { Injectable } from '@nestjs/common';
import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import { clientParty } from '../../events/catalogue.js';
import { ClientsService } from '../clients/clients.service.js';
import { BrowserSessions } from './browser-sessions.js';
import { OidcStore, PayloadAdapter } from './payload.adapter.js';
import { RefreshTokenAdapter, RefreshTokenFamilies } from './refresh-token.adapter.js';
import type { PayloadRepository } from './payload.repository.js';
import { presentedSecrets } from './presented-secrets.js';
import { hashOf } from './stored-payload.js';

/** Stores opaque access tokens. Revoking their grant also revokes its signed tokens, which have no row here. */
class AccessTokenAdapter extends PayloadAdapter {
  override async revokeByGrantId(grantId: string): Promise<void> {
    await super.revokeByGrantId(grantId);
    await this.store.issued.revokeByGrant(grantId);
  }
}

/** Seconds after which a device may ask for its token again (RFC 8628, section 3.2). */
export const POLL_INTERVAL = 5;
/** The tolerance for requests that took less time than the previous one, in seconds. */
const POLL_LEEWAY = 1;

/** Stores device codes. Of several parallel confirmations of a code, one succeeds. */
class DeviceCodeAdapter extends PayloadAdapter {
  /** @throws {errors.SlowDown} if a device asks again too early (RFC 8628, section 3.5) */
  override async find(id: string): Promise<AdapterPayload | undefined> {
    const payload = await super.find(id);
    if (Provider.ctx?.oidc.route !== 'token' || payload === undefined) return payload;
    const { accountId, error } = payload;
    if (accountId !== undefined || error !== undefined) return payload;
    const isInTime = await this.rows.notePoll(hashOf(id), POLL_INTERVAL - POLL_LEEWAY);
    if (!isInTime) throw new errors.SlowDown();
    return payload;
  }

  /** @throws {errors.InvalidRequest} if the code was confirmed before */
  override async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { inFlight, accountId, error } = payload;
    const isConfirmation = inFlight === true && accountId === undefined && error === undefined;
    if (!isConfirmation) return super.upsert(id, payload, expiresIn);
    const isFirst = await this.rows.putConfirmation(this.rowOf(id, payload, expiresIn));
    if (!isFirst) throw new errors.InvalidRequest('this code was confirmed already');
  }
}

const REGISTRATION_TOKEN = 'RegistrationAccessToken';

/** Reads clients for oidc-provider, and writes those that register (RFC 7591). */
class ClientAdapter implements Adapter {
  constructor(
    private readonly clients: ClientsService,
    private readonly rows: PayloadRepository,
  ) {}

  find(id: string): Promise<AdapterPayload | undefined> {
    return this.clients.find(id);
  }

  async upsert(id: string, metadata: AdapterPayload): Promise<void> {
    const oidc = Provider.ctx?.oidc;
    if (oidc?.route !== 'client_update') return this.clients.upsertRegistered(id, metadata);
    const secret = presentedSecrets.get(oidc);
    if (secret !== undefined && !(await this.clients.secretMatches(id, secret))) {
      throw new errors.InvalidRequest('the client_secret is not that of the client');
    }
    const token = oidc.registrationAccessToken?.jti;
    await this.clients.upsertRegistered(id, metadata, async (tx) => {
      // Of several parallel updates with one token, one succeeds.
      const isTaken =
        token !== undefined && (await this.rows.take(tx, REGISTRATION_TOKEN, hashOf(token)));
      if (!isTaken) throw new errors.InvalidToken('the registration access token was used');
    });
  }

  async destroy(id: string): Promise<void> {
    await this.clients.remove(id, clientParty(id));
  }

  findByUid(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  consume(): Promise<void> {
    return Promise.reject(new Error('A client cannot be consumed.'));
  }

  revokeByGrantId(): Promise<void> {
    return Promise.reject(new Error('A client belongs to no grant.'));
  }
}

/** Stores grants. Deleting a grant also revokes its signed tokens, which have no row here. */
class GrantAdapter extends PayloadAdapter {
  override async destroy(id: string): Promise<void> {
    // The grant is deleted first, so that a token that is recorded later finds no grant.
    await super.destroy(id);
    await this.store.issued.revokeByGrant(id);
  }
}

/**
 * Seconds that an id is remembered for longer than oidc-provider asks. It counts from the first use, but a proof
 * is good until as long after its `iat`, which may lie as far in the future (RFC 9449, section 11.1).
 */
const PROOF_WINDOW = 300;

/** Stores ids that must not be used twice: of DPoP proofs and client assertions. The first use wins. */
class ReplayAdapter extends PayloadAdapter {
  /** @throws {errors.InvalidRequest} if the id was used before */
  override async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const kept = (expiresIn ?? 0) + PROOF_WINDOW;
    const isFirst = await this.rows.putFirst(this.rowOf(id, payload, kept));
    if (!isFirst) throw new errors.InvalidRequest('this proof was used before');
  }
}

/** Stores the sessions of browsers. After a sign-in, each has a row in `sessions`. */
class SessionAdapter extends PayloadAdapter {
  constructor(
    model: string,
    store: OidcStore,
    private readonly browsers: BrowserSessions,
  ) {
    super(model, store);
  }

  /** @throws {errors.SessionNotFound} if the session has ended: an ended session must not be restored */
  override async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { uid, accountId } = payload;
    const row = { ...this.rowOf(id, payload, expiresIn), uid: uid ?? null };
    if (uid === undefined || accountId === undefined) return this.rows.put(row);
    await this.browsers.keep({ ...payload, uid, accountId }, { ...row, sessionUid: uid });
  }

  /**
   * Ends the session for all of its clients. If oidc-provider only renames the cookie, it removes the row of the
   * old value, and the session continues.
   */
  override async destroy(id: string): Promise<void> {
    const session = Provider.ctx?.oidc.session;
    const isRenamed = session !== undefined && 'oldId' in session && session.oldId === id;
    if (!isRenamed) {
      const row = await this.rows.findByHash(this.model, hashOf(id));
      if (row?.sessionUid) await this.browsers.end(row.sessionUid);
    }
    await super.destroy(id);
  }
}

/** The storage of oidc-provider. */
@Injectable()
export class OidcAdapters {
  constructor(
    private readonly store: OidcStore,
    private readonly clients: ClientsService,
    private readonly browsers: BrowserSessions,
    private readonly families: RefreshTokenFamilies,
  ) {}

  of(model: string): Adapter {
    if (model === 'Client') return new ClientAdapter(this.clients, this.store.rows);
    if (model === 'Session') return new SessionAdapter(model, this.store, this.browsers);
    if (model === 'RefreshToken') return new RefreshTokenAdapter(model, this.store, this.families);
    if (model === 'ReplayDetection') return new ReplayAdapter(model, this.store);
    if (model === 'DeviceCode') return new DeviceCodeAdapter(model, this.store);
    if (model === 'AccessToken') return new AccessTokenAdapter(model, this.store);
    if (model === 'Grant') return new GrantAdapter(model, this.store);
    return new PayloadAdapter(model, this.store);
  }
}

import { Injectable } from '@nestjs/common';
import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import { Clients } from '../clients/clients.service.js';
import { BrowserSessions } from './browser-sessions.js';
import { OidcStore, PayloadAdapter } from './payload.adapter.js';
import { hashOf } from './stored-payload.js';

/** Opaque access tokens; and with their grant, the signed ones, of which no row is kept. */
class AccessTokenAdapter extends PayloadAdapter {
  override async revokeByGrantId(grantId: string): Promise<void> {
    await super.revokeByGrantId(grantId);
    await this.store.issued.revokeByGrant(grantId);
  }
}

/** Codes that devices show: of those who confirm one at once, one goes on. */
class DeviceCodeAdapter extends PayloadAdapter {
  /** @throws {errors.InvalidRequest} for all who confirm a code but the first */
  override async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { inFlight, accountId, error } = payload;
    const isConfirmation = inFlight === true && accountId === undefined && error === undefined;
    if (!isConfirmation) return super.upsert(id, payload, expiresIn);
    const isFirst = await this.rows.putConfirmation(this.rowOf(id, payload, expiresIn));
    if (!isFirst) throw new errors.InvalidRequest('somebody else confirmed this code');
  }
}

/** Clients, as oidc-provider wants to read them, and as those that register write them (RFC 7591). */
class ClientAdapter implements Adapter {
  constructor(private readonly clients: Clients) {}

  find(id: string): Promise<AdapterPayload | undefined> {
    return this.clients.find(id);
  }

  async upsert(id: string, metadata: AdapterPayload): Promise<void> {
    await this.clients.upsertRegistered(id, metadata);
  }

  async destroy(id: string): Promise<void> {
    await this.clients.remove(id);
  }

  findByUid(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  consume(): Promise<void> {
    return Promise.reject(new Error('A client is not used up.'));
  }

  revokeByGrantId(): Promise<void> {
    return Promise.reject(new Error('A client is of no grant.'));
  }
}

/** What people allowed clients. With a grant go the signed tokens that it gave, of which no row is kept. */
class GrantAdapter extends PayloadAdapter {
  override async destroy(id: string): Promise<void> {
    // The grant first: a token that is noted later finds none.
    await super.destroy(id);
    await this.store.issued.revokeByGrant(id);
  }
}

/** What must not come twice: ids of DPoP proofs and of client assertions. The first of many wins. */
class ReplayAdapter extends PayloadAdapter {
  /** @throws {errors.InvalidRequest} for all but one of those who come at once */
  override async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const isFirst = await this.rows.putFirst(this.rowOf(id, payload, expiresIn));
    if (!isFirst) throw new errors.InvalidRequest('this proof was used before');
  }
}

/** The sessions of browsers. Once somebody has signed in, there is a row of `sessions` behind it. */
class SessionAdapter extends PayloadAdapter {
  constructor(
    model: string,
    store: OidcStore,
    private readonly browsers: BrowserSessions,
  ) {
    super(model, store);
  }

  /** @throws {errors.SessionNotFound} where it has ended meanwhile: it must not come back to life */
  override async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { uid, accountId } = payload;
    const row = { ...this.rowOf(id, payload, expiresIn), uid: uid ?? null };
    if (uid === undefined || accountId === undefined) return this.rows.put(row);
    await this.browsers.keep({ ...payload, uid, accountId }, { ...row, sessionUid: uid });
  }

  /**
   * Ends the session, for every client of it; unless the cookie is only given a new value, when
   * oidc-provider removes what it kept under the old one.
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

/** Where oidc-provider keeps what it makes. */
@Injectable()
export class OidcAdapters {
  constructor(
    private readonly store: OidcStore,
    private readonly clients: Clients,
    private readonly browsers: BrowserSessions,
  ) {}

  of(model: string): Adapter {
    if (model === 'Client') return new ClientAdapter(this.clients);
    if (model === 'Session') return new SessionAdapter(model, this.store, this.browsers);
    if (model === 'ReplayDetection') return new ReplayAdapter(model, this.store);
    if (model === 'DeviceCode') return new DeviceCodeAdapter(model, this.store);
    if (model === 'AccessToken') return new AccessTokenAdapter(model, this.store);
    if (model === 'Grant') return new GrantAdapter(model, this.store);
    return new PayloadAdapter(model, this.store);
  }
}

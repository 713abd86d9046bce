import { type AdapterPayload, Provider } from 'oidc-provider';
import type { BrowserSessions } from './browser-sessions.js';
import type { OidcStore } from './oidc-store.js';
import { PayloadAdapter } from './payload.adapter.js';
import { hashOf } from './stored-id.js';

/** The sessions of browsers. Once somebody has signed in, there is a row of `sessions` behind it. */
export class SessionAdapter extends PayloadAdapter {
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

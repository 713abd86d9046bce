import { PayloadAdapter } from './payload.adapter.js';

/** What people allowed clients. With a grant go the signed tokens that it gave, of which no row is kept. */
export class GrantAdapter extends PayloadAdapter {
  override async destroy(id: string): Promise<void> {
    // The grant first: a token that is noted later finds none.
    await super.destroy(id);
    await this.store.issued.revokeByGrant(id);
  }
}

import { PayloadAdapter } from './payload.adapter.js';

/** Opaque access tokens; and with their grant, the signed ones, of which no row is kept. */
export class AccessTokenAdapter extends PayloadAdapter {
  override async revokeByGrantId(grantId: string): Promise<void> {
    await super.revokeByGrantId(grantId);
    await this.store.issued.revokeByGrant(grantId);
  }
}

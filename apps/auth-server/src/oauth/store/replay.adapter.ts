import { type AdapterPayload, errors } from 'oidc-provider';
import { PayloadAdapter } from './payload.adapter.js';

/** What must not come twice: ids of DPoP proofs and of client assertions. The first of many wins. */
export class ReplayAdapter extends PayloadAdapter {
  /** @throws {errors.InvalidRequest} for all but one of those who come at once */
  override async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const isFirst = await this.rows.putFirst(this.rowOf(id, payload, expiresIn));
    if (!isFirst) throw new errors.InvalidRequest('this proof was used before');
  }
}

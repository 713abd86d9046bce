import { type AdapterPayload, errors } from 'oidc-provider';
import { PayloadAdapter } from './payload.adapter.js';

/** Codes that devices show: of those who confirm one at once, one goes on. */
export class DeviceCodeAdapter extends PayloadAdapter {
  /** @throws {errors.InvalidRequest} for all who confirm a code but the first */
  override async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { inFlight, accountId, error } = payload;
    const isConfirmation = inFlight === true && accountId === undefined && error === undefined;
    if (!isConfirmation) return super.upsert(id, payload, expiresIn);
    const isFirst = await this.rows.putConfirmation(this.rowOf(id, payload, expiresIn));
    if (!isFirst) throw new errors.InvalidRequest('somebody else confirmed this code');
  }
}

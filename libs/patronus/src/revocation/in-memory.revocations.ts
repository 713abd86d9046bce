import { Revocations } from './revocations.js';

export class InMemoryRevocations extends Revocations {
  override isRevoked(): boolean {
    return false;
  }
  override revoke(): Promise<void> {
    return Promise.reject(new Error('not yet'));
  }
}

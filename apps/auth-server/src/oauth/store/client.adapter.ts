import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Clients } from '../clients/clients.js';

/** Clients, as oidc-provider wants to read them, and as those that register write them (RFC 7591). */
export class ClientAdapter implements Adapter {
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

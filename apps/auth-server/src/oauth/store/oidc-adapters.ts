import { Injectable } from '@nestjs/common';
import type { Adapter } from 'oidc-provider';
import { Clients } from '../clients/clients.js';
import { AccessTokenAdapter } from './access-token.adapter.js';
import { BrowserSessions } from './browser-sessions.js';
import { DeviceCodeAdapter } from './device-code.adapter.js';
import { ClientAdapter } from './client.adapter.js';
import { GrantAdapter } from './grant.adapter.js';
import { OidcStore } from './oidc-store.js';
import { PayloadAdapter } from './payload.adapter.js';
import { ReplayAdapter } from './replay.adapter.js';
import { SessionAdapter } from './session.adapter.js';

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

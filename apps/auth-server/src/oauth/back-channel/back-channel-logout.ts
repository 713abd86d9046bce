import { Injectable } from '@nestjs/common';
import { type Client, Provider } from 'oidc-provider';
import { PlatformDatabase } from '../../operation/database/database.js';
import { type LogoutOfClient, LogoutNotices } from '../store/logout-notices.js';

/** Sends a logout token to a client, with the subject and the `sid`. */
type Send = (this: Client, sub: string, sid: string) => Promise<void>;

/** Sends logout tokens by notices, in place of oidc-provider, which would try once, during the request. */
@Injectable()
export class BackChannelLogout {
  readonly #senders = new WeakMap<Provider, Send>();

  constructor(
    private readonly database: PlatformDatabase,
    private readonly notices: LogoutNotices,
  ) {}

  addTo(provider: Provider): void {
    const { prototype } = provider.Client;
    const send: unknown = Reflect.get(prototype, 'backchannelLogout');
    if (!isSend(send)) throw new Error('oidc-provider sends no logout tokens.');
    this.#senders.set(provider, send);
    const { database, notices } = this;
    Object.defineProperty(prototype, 'backchannelLogout', {
      configurable: true,
      async value(this: Client, accountId: string, sid: string): Promise<void> {
        // The whole session ends: its notices are written in the transaction that ends it.
        if (Provider.ctx?.oidc.params?.['logout'] !== undefined) return;
        const { clientId } = this;
        await database.db.transaction((tx) => notices.write(tx, [{ clientId, accountId, sid }]));
      },
    });
  }

  /** Sends a logout token, unless the client wants none any more. @throws if the client does not answer with success */
  async tell(provider: Provider, { clientId, accountId, sid }: LogoutOfClient): Promise<void> {
    const client = await provider.Client.find(clientId);
    if (client?.backchannelLogoutUri === undefined) return;
    const send = this.#senders.get(provider);
    if (send === undefined) throw new Error('This provider was not extended.');
    await send.call(client, accountId, sid);
  }
}

function isSend(value: unknown): value is Send {
  return typeof value === 'function';
}

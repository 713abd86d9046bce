import { Injectable } from '@nestjs/common';
import { type DatabaseSession, PlatformDatabase } from '../../database/platform-database.js';
import { PlatformError } from '../../errors/platform.error.js';
import { KEPT_METADATA, needsSecret } from './client-metadata.schema.js';
import { ClientSecrets, MAX_SECRETS, type SecretRow } from './client-secrets.js';
import { type SecretView, viewOfSecret } from './client-view.js';
import { lockClient } from './lock-client.js';

/** From one secret of a client to the next, with no moment in between at which none works. */
@Injectable()
export class SecretRotation {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly secrets: ClientSecrets,
  ) {}

  /**
   * @param previousExpiresAt when the one that stands ends; unless told, it stays until it is removed
   * @throws {PlatformError} `not_found`; `conflict` where there are two, or the client has none
   */
  add(clientId: string, previousExpiresAt?: Date): Promise<SecretView & { secret: string }> {
    return this.database.db.transaction(async (tx) => {
      const standing = await this.#lock(tx, clientId);
      if (standing.length >= MAX_SECRETS) {
        throw conflict('The client has two secrets already: remove one first.');
      }
      if (previousExpiresAt !== undefined) {
        await this.secrets.expire(tx, idsOf(standing), previousExpiresAt);
      }
      const { row, secret } = await this.secrets.add(tx, clientId);
      return { ...viewOfSecret(row), secret };
    });
  }

  /** @throws {PlatformError} `not_found`; `conflict` where it is the last one */
  async remove(clientId: string, secretId: string): Promise<void> {
    await this.database.db.transaction(async (tx) => {
      const standing = await this.#lock(tx, clientId);
      if (!idsOf(standing).includes(secretId)) throw new PlatformError('not_found');
      if (standing.length === 1) throw conflict('It is the only secret: add another first.');
      await this.secrets.remove(tx, secretId);
    });
  }

  async #lock(session: DatabaseSession, clientId: string): Promise<SecretRow[]> {
    const client = await lockClient(session, clientId);
    const { token_endpoint_auth_method: method } = KEPT_METADATA.parse(client.metadata);
    if (!needsSecret(method)) throw conflict(`The client has no secrets: it uses ${method}.`);
    return this.secrets.list(session, [clientId]);
  }
}

function idsOf(secrets: readonly SecretRow[]): string[] {
  return secrets.map(({ id }) => id);
}

function conflict(remedy: string): PlatformError {
  return new PlatformError('conflict', { details: { remedy } });
}

import type { ClientOrigin, clients } from '../../operation/database/tables.js';
import type { NewSecret, SecretRow } from './client-secrets.service.js';

/** A secret, without what it is. */
export interface SecretView {
  readonly id: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** A client, as administrators see it. */
export interface ClientView {
  readonly id: string;
  /** RFC 7591, section 2. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly origin: ClientOrigin;
  readonly passwordGrant: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Those that count, oldest first. */
  readonly secrets: readonly SecretView[];
  /** Where one was just made. It cannot be had again. */
  readonly secret?: string;
}

/** @param secrets of this client and others */
export function viewOf(
  row: typeof clients.$inferSelect,
  secrets: readonly SecretRow[],
  made?: NewSecret,
): ClientView {
  const { id, metadata, origin, passwordGrant, createdAt, updatedAt } = row;
  return {
    id,
    metadata,
    origin,
    passwordGrant,
    createdAt,
    updatedAt,
    secrets: secrets.filter(({ clientId }) => clientId === id).map(viewOfSecret),
    ...(made && { secret: made.secret }),
  };
}

export function viewOfSecret({ id, createdAt, expiresAt }: SecretRow): SecretView {
  return { id, createdAt, expiresAt };
}

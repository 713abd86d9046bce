import type { ClientOrigin, clients, clientSecrets } from './clients.table.js';

/** A secret without its hash. */
export type SecretRow = Omit<typeof clientSecrets.$inferSelect, 'hash'>;

/** A secret that was just created. It cannot be read again. */
export interface NewSecret {
  readonly row: SecretRow;
  readonly secret: string;
}

/** A secret, as administrators see it. */
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
  /** The valid secrets, oldest first. */
  readonly secrets: readonly SecretView[];
  /** A secret that was just created. It cannot be read again. */
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

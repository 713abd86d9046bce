import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireText } from '../../errors/require-option.js';
import { newKey, requirePrefix } from './api-key-format.js';
import type { ApiKeyRecord } from './api-key.record.js';
import { isSeconds } from './read-record.js';
import { hashOf } from './secret-hash.js';

/** Settings of a new API key. */
export interface NewApiKey extends Omit<ApiKeyRecord, 'id' | 'hash' | 'createdAt' | 'revokedAt'> {
  /** Prefix as given to `apiKeys()`. Default: `patronus`. */
  readonly prefix?: string | undefined;
}

/** New API key. */
export interface CreatedApiKey {
  /** Key to show once to its user. Do not store it. */
  readonly key: string;
  /** Record to store. */
  readonly record: ApiKeyRecord;
}

const MEMBERS = [
  'prefix',
  'subject',
  'name',
  'tenantId',
  'roles',
  'permissions',
  'platformRoles',
  'platformPermissions',
  'scopes',
  'expiresAt',
  'disabled',
];

/**
 * Makes an API key with a secret of 256 random bits.
 *
 * @throws {PatronusConfigurationError} if `subject`, `prefix` or `expiresAt` is not valid
 * @example
 * const { key, record } = createApiKey({ subject: 'lab-import', roles: ['importer'] });
 */
export function createApiKey(options: NewApiKey): CreatedApiKey {
  checkMembers('createApiKey', options, MEMBERS);
  const { prefix, ...grant } = options;
  requireText('createApiKey.subject', grant.subject, "Name the service account: 'lab-import'.");
  const createdAt = Math.floor(Date.now() / 1000);
  checkExpiry(grant.expiresAt, createdAt);
  const { key, id, secret } = newKey(requirePrefix('createApiKey.prefix', prefix));
  return { key, record: { ...grant, id, hash: hashOf(secret), createdAt } };
}

function checkExpiry(expiresAt: unknown, now: number): void {
  if (expiresAt === undefined || expiresAt === null) return;
  if (isSeconds(expiresAt) && expiresAt > now) return;
  throw new PatronusConfigurationError(
    'createApiKey.expiresAt',
    'is not a future time in seconds since the epoch.',
    'Give one, not in milliseconds, or leave it out.',
  );
}

import { crc32 } from 'node:zlib';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { base62, randomText } from './base62.js';

/** Default prefix of keys. */
export const DEFAULT_PREFIX = 'patronus';

const PREFIX = /^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*$/;
const MAX_PREFIX = 32;
const ID_LENGTH = 16;
/** Length of a secret: 43 characters of 62 are 256 bits. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const BODY = new RegExp(
  `^[0-9A-Za-z]{${ID_LENGTH}}_[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`,
);

/** Parts of a key that identify it. */
export interface ApiKeyParts {
  readonly id: string;
  readonly secret: string;
}

/**
 * Creates a key, `<prefix>_<id>_<secret><checksum>`: letters, digits and underscores, so that a
 * double click selects it. The checksum detects typing mistakes, and lets secret scanners recognize
 * a key.
 */
export function newKey(prefix: string): ApiKeyParts & { readonly key: string } {
  const id = randomText(ID_LENGTH);
  const secret = randomText(SECRET_LENGTH);
  const unchecked = `${prefix}_${id}_${secret}`;
  return { id, secret, key: `${unchecked}${checksumOf(unchecked)}` };
}

/** Returns the parts of a key with that prefix and a valid checksum, or undefined. */
export function parseKey(key: string, prefix: string): ApiKeyParts | undefined {
  const start = prefix.length + 1;
  if (!key.startsWith(`${prefix}_`) || !BODY.test(key.slice(start))) return undefined;
  const unchecked = key.slice(0, -CHECKSUM_LENGTH);
  if (checksumOf(unchecked) !== key.slice(-CHECKSUM_LENGTH)) return undefined;
  return {
    id: unchecked.slice(start, start + ID_LENGTH),
    secret: unchecked.slice(start + ID_LENGTH + 1),
  };
}

/**
 * Requires a valid prefix.
 *
 * @throws {PatronusConfigurationError} if keys cannot have that prefix
 */
export function requirePrefix(path: string, prefix: unknown): string {
  if (prefix === undefined) return DEFAULT_PREFIX;
  if (typeof prefix === 'string' && prefix.length <= MAX_PREFIX && PREFIX.test(prefix)) {
    return prefix;
  }
  throw new PatronusConfigurationError(
    path,
    'is not a prefix of keys.',
    `Give letters, digits and single underscores, at most ${MAX_PREFIX}: novah_live.`,
  );
}

function checksumOf(text: string): string {
  return base62(crc32(text), CHECKSUM_LENGTH);
}

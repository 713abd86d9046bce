import { crc32 } from 'node:zlib';
import { base62 } from './base62.js';

/**
 * Returns the key with another id and a valid checksum, as an attacker who knows the format would
 * make it.
 */
export function forge(key: string, id: string): string {
  const [prefix = '', , rest = ''] = key.split('_');
  const unchecked = `${prefix}_${id}_${rest.slice(0, 43)}`;
  return `${unchecked}${base62(crc32(unchecked), 6)}`;
}

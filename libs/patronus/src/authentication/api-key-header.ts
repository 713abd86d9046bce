import { PatronusError } from '../errors/patronus.error.js';
import type { RequestMessage } from '../transport/guarded-request.js';
import { refuseLong } from './authorization-token.js';
import { isRepeated } from './header-text.js';

const FIRST_VISIBLE = 0x21;
const LAST_VISIBLE = 0x7e;

/**
 * Returns the key in the `x-api-key` header.
 *
 * @throws {PatronusError} `invalid_request` if there are two or none, `token_malformed` if it is
 * longer than 16 KiB or not in visible ASCII
 */
export function apiKeyHeader({ headers, rawHeaders }: RequestMessage): string {
  const key = headers['x-api-key'];
  if (typeof key !== 'string' || isRepeated('x-api-key', rawHeaders)) {
    throw new PatronusError('invalid_request', { reason: 'two x-api-key headers' });
  }
  if (key === '') {
    throw new PatronusError('invalid_request', { reason: 'the x-api-key header is empty' });
  }
  refuseLong(key);
  refuseInvisible(key);
  return key;
}

/**
 * Refuses a key that holds anything but visible ASCII.
 *
 * @throws {PatronusError} `token_malformed`
 */
export function refuseInvisible(key: string): void {
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    if (code < FIRST_VISIBLE || code > LAST_VISIBLE) {
      throw new PatronusError('token_malformed', { reason: 'not in visible ASCII' });
    }
  }
}

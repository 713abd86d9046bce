import { InvalidArgumentError } from 'commander';
import type { JsonObject } from '../identity/json-object.js';
import { RESERVED_CLAIMS } from './dev-idp/dev-users.js';

function valueOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/**
 * Parses `--claim name=value`, which may be repeated. The value is JSON if it parses as JSON, and
 * text otherwise.
 */
export function claimOption(option: string, before: JsonObject): JsonObject {
  const split = option.indexOf('=');
  const name = option.slice(0, split);
  if (split < 1) throw new InvalidArgumentError('Write name=value, such as roles=\'["doctor"]\'.');
  if (RESERVED_CLAIMS.includes(name)) {
    throw new InvalidArgumentError(`${name} is set by the issuer; --expires-in decides the times.`);
  }
  return { ...before, [name]: valueOf(option.slice(split + 1)) };
}

import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { Revocations } from './revocations.js';

const METHODS = ['isRevoked', 'revoke', 'observe', 'start', 'stop'];

/**
 * Reads the option `revocations`.
 *
 * @throws {PatronusConfigurationError} if it lacks a method of `Revocations`
 */
export function requireRevocations(value: unknown): Revocations {
  if (isRevocations(value)) return value;
  throw new PatronusConfigurationError(
    'revocations',
    'is not a Revocations.',
    'Give an instance of a class that extends it, such as RedisRevocations, or { useClass: … }.',
  );
}

function isRevocations(value: unknown): value is Revocations {
  if (typeof value !== 'object' || value === null) return false;
  return METHODS.every((name) => typeof Reflect.get(value, name) === 'function');
}

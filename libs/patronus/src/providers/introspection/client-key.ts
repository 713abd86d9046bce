import { createPrivateKey, KeyObject } from 'node:crypto';
import { checkMembers, remedyFor } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireText } from '../../errors/require-option.js';
import { isJsonObject, member } from '../../identity/json-object.js';
import { ASSERTION_ALGORITHMS, fits, isAssertionAlgorithm } from './assertion-algorithm.js';
import type { AssertionAlgorithm } from './assertion-algorithm.js';

const PATH = 'introspection.key';

/** Option `key`, ready to sign. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly alg: AssertionAlgorithm;
  readonly kid: string | undefined;
  readonly audience: string | undefined;
}

/**
 * Reads the option `key`.
 *
 * @throws {PatronusConfigurationError} if the key is not valid; holds no part of the key
 */
export function readClientKey(value: unknown): SigningKey {
  if (!isJsonObject(value)) {
    throw new PatronusConfigurationError(
      PATH,
      'is missing.',
      "Give { privateKey, alg, kid }: 'private_key_jwt' signs with this key.",
    );
  }
  checkMembers(PATH, value, ['privateKey', 'alg', 'kid', 'audience']);
  const privateKey = member(value, 'privateKey');
  const jwk = isJsonObject(privateKey) && !(privateKey instanceof KeyObject) ? privateKey : {};
  const key = importKey(privateKey);
  return {
    key,
    alg: readAlgorithm(key, member(value, 'alg') ?? member(jwk, 'alg')),
    kid: readText('kid', member(value, 'kid') ?? member(jwk, 'kid')),
    audience: readText('audience', member(value, 'audience')),
  };
}

function importKey(value: unknown): KeyObject {
  const key = value instanceof KeyObject ? value : parseKey(value);
  if (key?.type === 'private') return key;
  throw new PatronusConfigurationError(
    `${PATH}.privateKey`,
    'is not a private key.',
    remedyFor(value, 'Give a private JWK, the text of a PEM file, or a KeyObject.'),
  );
}

function parseKey(value: unknown): KeyObject | undefined {
  try {
    if (typeof value === 'string') return createPrivateKey(value);
    return isJsonObject(value) ? createPrivateKey({ key: value, format: 'jwk' }) : undefined;
  } catch {
    return undefined;
  }
}

function readAlgorithm(key: KeyObject, value: unknown): AssertionAlgorithm {
  if (isAssertionAlgorithm(value) && fits(key, value)) return value;
  throw new PatronusConfigurationError(
    `${PATH}.alg`,
    'is missing, or is not an algorithm of this key.',
    `Choose from ${ASSERTION_ALGORITHMS.join(', ')}; an RSA key needs 2048 bits.`,
  );
}

function readText(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return requireText(`${PATH}.${name}`, value, 'Give text, or leave it out.');
}

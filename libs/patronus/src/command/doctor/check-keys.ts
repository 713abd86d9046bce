import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { acceptableKey } from '../../providers/jwt/acceptable-key.js';
import { KeyClient } from '../../providers/jwt/key-client.js';
import type { KeySet } from '../../providers/jwt/key-set.js';
import {
  ALGORITHMS_BY_KEY_TYPE,
  DEFAULT_ALGORITHMS,
} from '../../providers/jwt/signature-algorithm.js';
import { quoted } from '../quoted.js';
import { checkClock } from './check-clock.js';
import { fetchDocument } from './fetch-document.js';
import { error, type Finding, ok, warning } from './finding.js';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'] as const;

const MIN_RSA_BYTES = 256;

/** Findings about a JWK Set. */
export interface ExaminedKeys {
  readonly findings: readonly Finding[];
  /** Keys as the guard reads them. */
  readonly keys?: KeySet;
}

function nameOf(jwk: JsonObject): string {
  const kid = member(jwk, 'kid');
  return kid === undefined ? 'The key without a kid' : `The key ${quoted(kid)}`;
}

function isShort(jwk: JsonObject): boolean {
  const modulus = member(jwk, 'n');
  return typeof modulus === 'string' && Buffer.from(modulus, 'base64url').length < MIN_RSA_BYTES;
}

/** Explains why the guard ignores a key, if a mistake is the likely cause. */
function checkKey(jwk: unknown): Finding | undefined {
  if (!isJsonObject(jwk)) {
    return warning('key_unusable', 'A member of keys is not a JWK.', 'Remove it from the set.');
  }
  const name = nameOf(jwk);
  if (member(jwk, 'kty') === 'oct' || PRIVATE_MEMBERS.some((one) => Object.hasOwn(jwk, one))) {
    const remedy = 'Replace it now: anyone can sign with it.';
    return error('key_private', `${name} is published with its secret.`, remedy);
  }
  if (member(jwk, 'use') === 'enc' || acceptableKey(jwk) !== undefined) return undefined;
  if (isShort(jwk)) {
    return warning('key_weak', `${name} is shorter than 2048 bits.`, 'Publish a longer one.');
  }
  const known = ALGORITHMS_BY_KEY_TYPE.has(member(jwk, 'kty'));
  return warning(
    known ? 'key_unusable' : 'key_unknown',
    `${name} cannot verify here: weak, revoked, or of an algorithm that is not supported.`,
    `Publish an RSA, EC or Ed25519 key for ${DEFAULT_ALGORITHMS.join(', ')}.`,
  );
}

/**
 * Finds different keys under one `kid`, which the guard ignores both. The same key twice does no
 * harm.
 */
function checkKids(list: readonly unknown[], keys: KeySet): readonly Finding[] {
  const usable = list.map(acceptableKey).filter((jwk) => jwk !== undefined);
  const kids = usable.map(({ kid }) => kid).filter((kid) => kid !== undefined);
  const repeated = new Set(kids.filter((kid, at) => kids.indexOf(kid) !== at));
  const unbelieved = [...repeated].filter((kid) => keys.find(kid) === undefined);
  return unbelieved.map((kid) =>
    error(
      'key_duplicate_kid',
      `The kid ${quoted(kid)} names more than one key, so none of them is used.`,
      'Give each key its own kid.',
    ),
  );
}

/**
 * Examines the JWK Set of an issuer (RFC 7517, section 5): each key, and the result that the guard
 * gets from the set.
 */
export async function checkKeys(uri: string, withClock: boolean): Promise<ExaminedKeys> {
  const fetched = await fetchDocument('jwks', uri);
  if ('finding' in fetched) return { findings: [fetched.finding] };
  const list = isJsonObject(fetched.document) ? member(fetched.document, 'keys') : undefined;
  if (!Array.isArray(list)) {
    const problem = `${uri} is not a JWK Set: it has no list of keys.`;
    return { findings: [error('jwks_shape', problem, 'Publish { "keys": [] } there.')] };
  }
  const findings = [
    ...(withClock ? [checkClock(fetched)] : []),
    ...list.map(checkKey).filter((finding) => finding !== undefined),
  ];
  const source = {
    read: () => Promise.resolve({ document: fetched.document, from: uri }),
    forget: () => {},
  };
  const keys = await new KeyClient(source, DEFAULT_ALGORITHMS).read();
  return { findings: [...findings, ...checkKids(list, keys), checkSize(uri, keys)], keys };
}

function checkSize(uri: string, keys: KeySet): Finding {
  if (keys.size === 0) {
    const remedy = 'Publish an RSA, EC or Ed25519 key; see the other findings.';
    return error('jwks_no_usable_key', `${uri} has no key that the guard can use.`, remedy);
  }
  return ok('jwks', `${uri} has ${keys.size} usable ${keys.size === 1 ? 'key' : 'keys'}.`);
}

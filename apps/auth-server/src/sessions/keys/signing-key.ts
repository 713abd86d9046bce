import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import type { Keyring } from '../../operation/crypto/keyring.js';
import type { SigningAlgorithm, SigningKeyRow } from './signing-keys.table.js';
import { SettingsError } from '../../operation/settings/server-settings.js';

/** The longest lifetime of an access token, in seconds. A resource server can set no longer one. */
const MAX_ACCESS_TOKEN = 24 * 60 * 60;

/** The tolerance between the clocks of signers and verifiers, in seconds. */
export const CLOCK_LEEWAY = 300;

/** Seconds for which a verifier may accept an access token after it was issued. */
export const ACCEPTED_FOR = MAX_ACCESS_TOKEN + CLOCK_LEEWAY;

/** The `client_id` of tokens for the platform's own API. */
export const PLATFORM_CLIENT_ID = 'patronus';

/** A decrypted signing key. */
export interface HeldKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

/** Decrypts a signing key. @throws {SettingsError} if its data key is missing, or it was changed */
export async function openKey(row: SigningKeyRow, keyring: Keyring): Promise<HeldKey> {
  const { kid, algorithm, publicJwk } = row;
  const privateJwk = unsealed(row, keyring);
  const publicKey = await imported(publicJwk, algorithm);
  const privateKey = await imported(privateJwk, algorithm);
  return { kid, algorithm, publicJwk, privateJwk, publicKey, privateKey };
}

function unsealed({ kid, sealedPrivateJwk }: SigningKeyRow, keyring: Keyring): JWK {
  const jwk: unknown = JSON.parse(textOf(kid, sealedPrivateJwk, keyring));
  if (!isJwk(jwk)) throw new Error(`The signing key ${kid} is malformed.`);
  return jwk;
}

function isJwk(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value;
}

function textOf(kid: string, sealed: string, keyring: Keyring): string {
  try {
    return keyring.open('signing-keys', kid, sealed);
  } catch {
    throw new SettingsError(
      `The signing key ${kid} cannot be decrypted. Restore its row in signing_keys and the table data_keys from a backup, and set the MASTER_KEY of that time.`,
    );
  }
}

async function imported(jwk: JWK, algorithm: SigningAlgorithm): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new Error('A signing key is symmetric.');
  return key;
}

/** A new key, not yet stored. Its `kid` is its thumbprint (RFC 7638). */
export interface NewKeyPair {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

export async function newKeyPair(algorithm: SigningAlgorithm): Promise<NewKeyPair> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const publicMembers = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicMembers);
  const named = { kid, alg: algorithm, use: 'sig' };
  return {
    kid,
    algorithm,
    publicJwk: { ...publicMembers, ...named },
    privateJwk: { ...(await exportJWK(pair.privateKey)), ...named },
  };
}

/** The times of a key. */
interface KeyTimes {
  readonly signsFrom: Date;
  readonly signsUntil: Date;
  readonly publishedUntil: Date;
}

const DAY = 24 * 60 * 60;

/**
 * Returns the seconds that a key is published before it signs, for clients that cache a JWK Set: a tenth of
 * the rotation interval, and at most a day.
 */
function publishLead(rotation: number): number {
  return Math.min(DAY, rotation / 10);
}

/** The settings that decide on the times of keys, in seconds. */
interface KeyPeriods {
  readonly keyRotation: number;
  readonly sessionTtl: number;
}

/** Returns the times of the first key, which signs immediately. */
export function timesOfFirst(now: Date, periods: KeyPeriods): KeyTimes {
  return timesFrom(now, periods);
}

/** Returns the times of the key that replaces `last`. It signs after the whole publication lead. */
export function timesOfNext(last: KeyTimes, now: Date, periods: KeyPeriods): KeyTimes {
  const earliest = later(now, publishLead(periods.keyRotation));
  return timesFrom(earliest > last.signsUntil ? earliest : last.signsUntil, periods);
}

/** Returns the times of the key that `next` replaces. It signs until then, even if the rotation is late. */
export function timesUntil(
  next: KeyTimes,
  { sessionTtl }: KeyPeriods,
): Pick<KeyTimes, 'signsUntil' | 'publishedUntil'> {
  const publishedUntil = later(next.signsFrom, publishedAfter(sessionTtl));
  return { signsUntil: next.signsFrom, publishedUntil };
}

/**
 * Returns the seconds that a key is published after it has signed: until its access tokens have expired, and the
 * sessions have ended that its ID tokens can name in a logout (OpenID Connect RP-Initiated Logout 1.0, section 2).
 */
function publishedAfter(sessionTtl: number): number {
  return Math.max(ACCEPTED_FOR, sessionTtl + CLOCK_LEEWAY);
}

/** Tells if the successor of `last` must be published now. */
export function isNextDue(last: KeyTimes | undefined, now: Date, rotation: number): boolean {
  return last === undefined || later(now, publishLead(rotation)) >= last.signsUntil;
}

/** Returns the active key: the latest that has begun to sign. `keys` are ordered by `signsFrom`. */
export function signerOf<Key extends KeyTimes>(keys: readonly Key[], now: Date): Key | undefined {
  return keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0];
}

function timesFrom(signsFrom: Date, { keyRotation, sessionTtl }: KeyPeriods): KeyTimes {
  const signsUntil = later(signsFrom, keyRotation);
  const publishedUntil = later(signsUntil, publishedAfter(sessionTtl));
  return { signsFrom, signsUntil, publishedUntil };
}

function later(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

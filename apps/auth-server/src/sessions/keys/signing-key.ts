import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import type { Sealer } from '../../operation/crypto/sealer.js';
import type { SigningAlgorithm, SigningKeyRow } from './signing-keys.table.js';
import { SettingsError } from '../../operation/settings/server-settings.js';

/** No access token lives longer, in seconds: what a resource server may ask for at most. */
export const LONGEST_ACCESS_TOKEN = 24 * 60 * 60;

/** How far the clocks of those who sign and those who verify may differ, in seconds. */
export const CLOCK_LEEWAY = 300;

/** The platform itself, as the client of its own API: what its tokens carry as `client_id`. */
export const PLATFORM_CLIENT_ID = 'patronus';

/** A key of the set, opened. */
export interface HeldKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

/** @throws {SettingsError} where the master key is not the one that it was sealed under */
export async function openKey(row: SigningKeyRow, sealer: Sealer): Promise<HeldKey> {
  const { kid, algorithm, publicJwk } = row;
  const privateJwk = unsealed(row, sealer);
  const publicKey = await imported(publicJwk, algorithm);
  const privateKey = await imported(privateJwk, algorithm);
  return { kid, algorithm, publicJwk, privateJwk, publicKey, privateKey };
}

function unsealed({ kid, sealedPrivateJwk }: SigningKeyRow, sealer: Sealer): JWK {
  const jwk: unknown = JSON.parse(textOf(kid, sealedPrivateJwk, sealer));
  if (!isJwk(jwk)) throw new Error(`The signing key ${kid} is none.`);
  return jwk;
}

function isJwk(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value;
}

function textOf(kid: string, sealed: string, sealer: Sealer): string {
  try {
    return sealer.open('signing-keys', kid, sealed);
  } catch {
    throw new SettingsError(
      'MASTER_KEY is not the one that the signing keys were sealed under: give that one.',
    );
  }
}

async function imported(jwk: JWK, algorithm: SigningAlgorithm): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new Error('A signing key is symmetric.');
  return key;
}

/** A key that nobody has used yet. Its `kid` is its thumbprint (RFC 7638). */
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

/** When a key does what. */
interface KeyTimes {
  readonly signsFrom: Date;
  readonly signsUntil: Date;
  readonly publishedUntil: Date;
}

const DAY = 24 * 60 * 60;

/** A key is published on for so many seconds after it signed for the last time. */
const PUBLISHED_ON = LONGEST_ACCESS_TOKEN + CLOCK_LEEWAY;

/**
 * How many seconds a key is published before it signs, for those who keep a JWK Set for a while: a
 * tenth of its time, and a day at most.
 */
function publishLead(rotation: number): number {
  return Math.min(DAY, rotation / 10);
}

/** Of a key that signs at once, because there is no other. */
export function timesOfFirst(now: Date, rotation: number): KeyTimes {
  return timesFrom(now, rotation);
}

/** Of the key that takes over from `last`: never before it was published for the whole lead. */
export function timesOfNext(last: KeyTimes, now: Date, rotation: number): KeyTimes {
  const earliest = later(now, publishLead(rotation));
  return timesFrom(earliest > last.signsUntil ? earliest : last.signsUntil, rotation);
}

/** What becomes of the key that `next` takes over from: until then it signs, however late that is. */
export function timesUntil(next: KeyTimes): Pick<KeyTimes, 'signsUntil' | 'publishedUntil'> {
  return { signsUntil: next.signsFrom, publishedUntil: later(next.signsFrom, PUBLISHED_ON) };
}

/** Whether the key that takes over from `last` is to be published now. */
export function isNextDue(last: KeyTimes | undefined, now: Date, rotation: number): boolean {
  return last === undefined || later(now, publishLead(rotation)) >= last.signsUntil;
}

/** The one of an algorithm's keys that signs: the latest that has begun. `keys` by `signsFrom`. */
export function signerOf<Key extends KeyTimes>(keys: readonly Key[], now: Date): Key | undefined {
  return keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0];
}

function timesFrom(signsFrom: Date, rotation: number): KeyTimes {
  const signsUntil = later(signsFrom, rotation);
  return { signsFrom, signsUntil, publishedUntil: later(signsUntil, PUBLISHED_ON) };
}

function later(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

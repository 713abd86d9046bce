import { type CryptoKey, importJWK, type JWK } from 'jose';
import type { SigningAlgorithm, SigningKeyRow } from '../database/schema/index.js';
import type { Sealer } from '../sealing/sealer.js';
import { SettingsError } from '../settings/settings.error.js';

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

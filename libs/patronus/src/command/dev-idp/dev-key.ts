import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { isJsonObject } from '../../identity/json-object.js';

export const DEV_ALGORITHM = 'RS256';

/** Key that a development issuer signs with. */
export interface DevKey {
  readonly privateKey: Awaited<ReturnType<typeof importJWK>>;
  /** Public key as it is published (RFC 7517), with `kid`, `alg` and `use`. */
  readonly jwk: JWK & { readonly kid: string };
}

async function generateJwk(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(DEV_ALGORITHM, { extractable: true });
  return exportJWK(privateKey);
}

async function keyOf(jwk: JWK): Promise<DevKey> {
  const { kty, n, e } = jwk;
  if (kty !== 'RSA' || n === undefined || e === undefined || jwk.d === undefined) {
    throw new Error('not a private RSA key');
  }
  const published = { kty, n, e };
  return {
    privateKey: await importJWK(jwk, DEV_ALGORITHM),
    jwk: {
      ...published,
      kid: await calculateJwkThumbprint(published),
      alg: DEV_ALGORITHM,
      use: 'sig',
    },
  };
}

function read(file: string): string | undefined {
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw new PatronusConfigurationError(
        file,
        'can be read by others.',
        `Run chmod 600, or remove it for a new key.`,
      );
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isJsonObject(error) && error['code'] === 'ENOENT') return undefined;
    throw error;
  }
}

async function readKey(file: string, text: string): Promise<DevKey> {
  try {
    const jwk: unknown = JSON.parse(text);
    return await keyOf(isJsonObject(jwk) ? jwk : {});
  } catch {
    throw new PatronusConfigurationError(
      file,
      'holds no private RSA key as a JWK.',
      'Remove it for a new key, or name another file.',
    );
  }
}

/** Creates a key that is lost when the process ends. */
export async function freshKey(): Promise<DevKey> {
  return keyOf(await generateJwk());
}

/**
 * Returns the key in a file that only its owner may read. Creates it on first use.
 *
 * @throws {PatronusConfigurationError} if others may read the file, or it holds no such key
 */
export async function keptKey(file: string): Promise<DevKey> {
  const text = read(file);
  if (text !== undefined) return readKey(file, text);
  const jwk = await generateJwk();
  try {
    writeFileSync(file, JSON.stringify(jwk), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : 'unknown failure';
    throw new PatronusConfigurationError(
      file,
      `cannot be written (${problem}).`,
      'Give --keys a file that can.',
    );
  }
  return keyOf(jwk);
}

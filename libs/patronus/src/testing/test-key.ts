import {
  constants,
  generateKeyPair,
  randomUUID,
  sign,
  type JsonWebKey,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

/** Functions that generate the keys of each algorithm (RFC 7518, section 3.1; RFC 8037). */
const GENERATORS = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: () => generate('ec', { namedCurve: 'P-256' }),
  ES384: () => generate('ec', { namedCurve: 'P-384' }),
  ES512: () => generate('ec', { namedCurve: 'P-521' }),
  EdDSA: () => generate('ed25519', {}),
};

function rsa(): Promise<KeyPairKeyObjectResult> {
  return generate('rsa', { modulusLength: 2048 });
}

/** Algorithms that a {@link TestKey} can sign with. */
export type TestAlgorithm = keyof typeof GENERATORS;

/** Key pair for one test. */
export class TestKey {
  private constructor(
    readonly algorithm: TestAlgorithm,
    /** Public key as an issuer publishes it (RFC 7517), with `kid`, `alg` and `use`. */
    readonly jwk: JsonWebKey & { readonly kid: string },
    private readonly privateKey: KeyObject,
  ) {}

  /**
   * Generates a key pair.
   *
   * @param members - members to set on the published JWK. An undefined one is left out.
   */
  static async generate(algorithm: TestAlgorithm, members: JsonWebKey = {}): Promise<TestKey> {
    const { publicKey, privateKey } = await GENERATORS[algorithm]();
    const kid = typeof members['kid'] === 'string' ? members['kid'] : randomUUID();
    const jwk = publicKey.export({ format: 'jwk' });
    return new TestKey(
      algorithm,
      { ...jwk, alg: algorithm, use: 'sig', ...members, kid },
      privateKey,
    );
  }

  get kid(): string {
    return this.jwk.kid;
  }

  /**
   * Signs exactly these segments, without checking them, as a compact JWS (RFC 7515, section 7.1).
   */
  sign(header: string | Uint8Array, payload: string | Uint8Array): string {
    const input = [header, payload]
      .map((segment) => Buffer.from(segment).toString('base64url'))
      .join('.');
    const hash = this.algorithm === 'EdDSA' ? null : `sha${this.algorithm.slice(2)}`;
    const signature = sign(hash, Buffer.from(input), {
      key: this.privateKey,
      dsaEncoding: 'ieee-p1363',
      ...(this.algorithm.startsWith('PS') && {
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      }),
    });
    return `${input}.${signature.toString('base64url')}`;
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** A caller's own key, and its proofs (RFC 9449, section 4). */
export class DPoPKey {
  static async generate() {
    const key = new DPoPKey();
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    key.privateKey = privateKey;
    key.jwk = await exportJWK(publicKey);
    return key;
  }

  /** @returns the header that proves, for one request, that the caller has the key */
  async proof(method, url, token) {
    const bound = token && { ath: createHash('sha256').update(token).digest('base64url') };
    const proof = await new SignJWT({ htm: method, htu: url, jti: randomUUID(), ...bound })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: this.jwk })
      .setIssuedAt()
      .sign(this.privateKey);
    return { dpop: proof };
  }
}

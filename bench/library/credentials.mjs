import { createPublicKey } from 'node:crypto';
import { TestIssuer } from '@patronus/nestjs/testing';

const AUDIENCE = 'bench-api';
const LIFETIME = 3600;

/** An issuer over HTTP with one real key, and tokens that every contender accepts. */
export class Credentials {
  constructor(issuer) {
    this.issuer = issuer;
  }

  static async create(algorithm = 'RS256') {
    return new Credentials(await TestIssuer.start({ algorithm, path: '/realms/bench' }));
  }

  /** What a contender needs to believe the tokens. */
  settings() {
    const key = createPublicKey({ key: this.issuer.key.jwk, format: 'jwk' });
    return {
      issuer: this.issuer.issuer,
      jwksUri: this.issuer.jwksUri,
      audience: AUDIENCE,
      publicKey: key.export({ type: 'spki', format: 'pem' }),
    };
  }

  token({ user = 'user-1', tenant = 'clinic-1' } = {}) {
    return this.issuer.token(
      {
        sub: user,
        aud: AUDIENCE,
        azp: AUDIENCE,
        typ: 'Bearer',
        jti: `${user}-${tenant}`,
        email: `${user}@novah.example`,
        email_verified: true,
        name: 'Ana Souza',
        empresa_id: tenant,
        roles: ['receptionist'],
        realm_access: { roles: ['receptionist'] },
        scope: 'openid profile email',
      },
      { expiresIn: LIFETIME },
    );
  }

  /** The headers of a request: the token, and the tenant again for the cross-check. */
  async headers({ user, tenant = 'clinic-1' } = {}) {
    const token = await this.token({ user, tenant });
    return { authorization: `Bearer ${token}`, 'x-empresa-id': tenant };
  }

  stop() {
    return this.issuer.stop();
  }
}

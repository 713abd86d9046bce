import { type Credential, Identity, IdentityProvider, PatronusError } from '@patronus/nestjs';

/** Identity provider of opaque tokens, `<user>` or `<user>@<tenant>`, which counts its calls. */
export class TokenTableProvider extends IdentityProvider {
  calls = 0;
  failure: Error | undefined;

  constructor(readonly name = 'token-table') {
    super();
  }

  override async authenticate({ token }: Credential): Promise<Identity> {
    this.calls += 1;
    if (this.failure !== undefined) throw this.failure;
    const [id = '', tenantId] = token.split('.');
    if (id === 'stranger') throw new PatronusError('token_invalid');
    return new Identity({
      id,
      issuer: this.name,
      provider: this.name,
      tenantId,
      permissions: ['notes.read'],
      scopes: ['openid'],
      expiresAt: Date.now() / 1000 + 60,
    });
  }
}

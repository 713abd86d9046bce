import { type Credential, Identity, IdentityProvider, type IdentityFields } from '@patronus/nestjs';

/** Fields of the caller that a token holds. */
export type RevocableFields = Pick<
  IdentityFields,
  'tokenId' | 'sessionId' | 'tenantId' | 'issuedAt'
> & { readonly id: string };

export function revocableToken(fields: RevocableFields): string {
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** Identity provider of tokens with everything that a revocation can name. It counts its calls. */
export class RevocableTokenProvider extends IdentityProvider {
  readonly name = 'revocable';
  calls = 0;

  override async authenticate({ token }: Credential): Promise<Identity> {
    this.calls += 1;
    const fields: RevocableFields = JSON.parse(Buffer.from(token, 'base64url').toString());
    const expiresAt = Date.now() / 1000 + 600;
    return new Identity({ issuer: this.name, provider: this.name, expiresAt, ...fields });
  }
}

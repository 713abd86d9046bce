import { type Credential, Identity, IdentityProvider, type IdentityFields } from '@patronus/nestjs';

/** What a token says of its caller. */
export type RevocableFields = Pick<
  IdentityFields,
  'tokenId' | 'sessionId' | 'tenantId' | 'issuedAt'
> & { readonly id: string };

export function revocableToken(fields: RevocableFields): string {
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** An identity provider of tokens with all that a revocation can name. It counts its work. */
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

import {
  type Credential,
  type CredentialScheme,
  Identity,
  IdentityProvider,
  PatronusError,
} from '@patronus/nestjs';

/**
 * Identity provider of tokens `<user>.<tenant>.<seconds>`, which are valid for that time from their
 * first use.
 */
export class OpaqueProvider extends IdentityProvider {
  override readonly name = 'opaque';
  override readonly schemes: readonly CredentialScheme[] = ['bearer', 'api-key'];
  calls = 0;
  isDown = false;
  /** Tenant of all callers, regardless of their tokens. */
  moved: string | undefined;
  /** Promise that it awaits before it answers. */
  gate: Promise<void> = Promise.resolve();
  readonly #ends = new Map<string, number>();

  override async authenticate({ token }: Credential): Promise<Identity> {
    this.calls += 1;
    await this.gate;
    if (this.isDown) throw new PatronusError('provider_unavailable');
    const [id = '', tenantId, seconds = '600'] = token.split('.');
    if (id === 'stranger') throw new PatronusError('token_invalid');
    const expiresAt = this.#ends.get(token) ?? Math.floor(Date.now() / 1000) + Number(seconds);
    this.#ends.set(token, expiresAt);
    return new Identity({
      id,
      issuer: this.name,
      provider: this.name,
      tenantId: this.moved ?? tenantId,
      issuedAt: Math.floor(Date.now() / 1000) - 10,
      expiresAt,
    });
  }
}

import { fetchJson } from '../../remote/fetch-json.js';
import { isJsonObject, member } from '../../identity/json-object.js';
import { DISCOVERY_MAX_AGE } from './key-policy.js';
import { KeySet } from './key-set.js';
import type { KeySource } from './key-source.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';
import { isLoopbackUrl, isSecureUrl } from '../../remote/secure-url.js';

/** Where an issuer publishes its keys: as configured, or by OpenID Connect Discovery 1.0. */
export class KeyLocation implements KeySource {
  private discovered: { readonly jwksUri: string; readonly at: number } | undefined;

  constructor(
    private readonly issuer: string,
    private readonly configured: string | undefined,
    private readonly fetch: (url: string) => Promise<unknown> = fetchJson,
  ) {}

  async read(allowed: readonly SignatureAlgorithm[]): Promise<KeySet> {
    return KeySet.fetch(await this.find(), allowed);
  }

  async find(): Promise<string> {
    if (this.configured !== undefined) return this.configured;
    const now = Date.now();
    if (this.discovered === undefined || now - this.discovered.at > DISCOVERY_MAX_AGE * 1000) {
      this.discovered = { jwksUri: await this.discover(), at: now };
    }
    return this.discovered.jwksUri;
  }

  /** Asks anew next time: what was discovered led nowhere. */
  forget(): void {
    this.discovered = undefined;
  }

  private async discover(): Promise<string> {
    const url = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const metadata = await this.fetch(url);
    if (!isJsonObject(metadata) || member(metadata, 'issuer') !== this.issuer) {
      throw new Error(`${url} does not name the issuer ${this.issuer}`);
    }
    const jwksUri = member(metadata, 'jwks_uri');
    if (typeof jwksUri !== 'string' || !this.isTrustworthy(jwksUri)) {
      throw new Error(`${url} names no https jwks_uri`);
    }
    return jwksUri;
  }

  /** A remote issuer must not send us to a service on this machine. */
  private isTrustworthy(jwksUri: string): boolean {
    return isSecureUrl(jwksUri) && (!isLoopbackUrl(jwksUri) || isLoopbackUrl(this.issuer));
  }
}

import { fetchJson } from '../../remote/fetch-json.js';
import { discover, type KnownIssuer } from '../../remote/issuer-metadata.js';
import { DISCOVERY_MAX_AGE } from './key-policy.js';
import type { KeySource, PublishedKeys } from './key-source.js';

/** Location of an issuer's keys: as configured, or as discovered. */
export class KeyLocation implements KeySource {
  private discovered: { readonly jwksUri: string; readonly at: number } | undefined;

  constructor(
    private readonly issuer: KnownIssuer,
    private readonly configured: string | undefined,
  ) {}

  async read(): Promise<PublishedKeys> {
    const from = this.configured ?? (await this.discover());
    return { document: await fetchJson(from, this.issuer.dispatcher), from };
  }

  /** Forgets the discovered location, so that the next read discovers it again. */
  forget(): void {
    this.discovered = undefined;
  }

  private async discover(): Promise<string> {
    const now = Date.now();
    if (this.discovered === undefined || now - this.discovered.at > DISCOVERY_MAX_AGE * 1000) {
      this.discovered = { jwksUri: await discover(this.issuer, 'jwks_uri'), at: now };
    }
    return this.discovered.jwksUri;
  }
}

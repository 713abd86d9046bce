import { IdentityProvider } from '@patronus/nestjs';

/** Passes everything on, and counts what was verified: the misses of the identity cache. */
export class CountingProvider extends IdentityProvider {
  verified = 0;

  constructor(provider) {
    super();
    this.provider = provider;
    this.name = provider.name;
    this.issuers = provider.issuers;
  }

  authenticate(credential) {
    this.verified += 1;
    return this.provider.authenticate(credential);
  }

  warmUp() {
    return this.provider.warmUp();
  }
}

class Stranger extends IdentityProvider {
  constructor(index) {
    super();
    this.name = `stranger-${index}`;
    this.issuers = [`https://issuer-${index}.example`];
  }

  authenticate() {
    return Promise.reject(new Error('Nobody comes from here.'));
  }
}

/** Trusted issuers whose tokens never come. */
export function strangers(count) {
  return Array.from({ length: count }, (_, index) => new Stranger(index));
}

import { Authority } from './authority.js';
import type { ScopeBound } from './scope-bounds.js';

/**
 * Grants of a subject in both authorities. The two never imply each other: `*` inside a tenant
 * gives nothing on the platform, and `*` on the platform gives nothing inside a tenant.
 */
export class Grants {
  /** No grant in either authority. */
  static readonly NONE = new Grants(Authority.NONE, Authority.NONE);

  constructor(
    readonly tenant: Authority,
    readonly platform: Authority,
  ) {}

  /** Returns the same grants, limited to what the scopes of a token cover. */
  within(bound: ScopeBound): Grants {
    return new Grants(this.tenant.within(bound), this.platform.within(bound));
  }

  /** Returns the same grants without those inside the tenant. */
  platformOnly(): Grants {
    return new Grants(Authority.NONE, this.platform);
  }
}

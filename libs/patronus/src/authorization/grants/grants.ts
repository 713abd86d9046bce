import { Authority } from './authority.js';
import type { ScopeBound } from './scope-bounds.js';

/**
 * Everything that a subject may do. The two authorities never imply each other: `*` inside a tenant
 * gives nothing on the platform, and `*` on the platform gives nothing inside a tenant.
 */
export class Grants {
  /** Nothing in either authority. */
  static readonly NONE = new Grants(Authority.NONE, Authority.NONE);

  constructor(
    readonly tenant: Authority,
    readonly platform: Authority,
  ) {}

  /** The same grants, of which only what the scopes of a token cover can be used. */
  within(bound: ScopeBound): Grants {
    return new Grants(this.tenant.within(bound), this.platform.within(bound));
  }

  /** The same grants without those inside the tenant. */
  platformOnly(): Grants {
    return new Grants(Authority.NONE, this.platform);
  }
}

import { isPermissionName } from '../authorization/grants/permission-pattern.js';
import { TenantRequirement } from '../authorization/tenant-requirement.js';
import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import { AskedTenant, type TenantRequest } from './asked-tenant.js';
import type { TenancyOptions } from './tenancy.options.js';
import { tenantIdOf } from './tenant-id.js';
import { TenantLookups } from './tenant-lookups.js';

/** Names of the options under `tenancy`. */
export const TENANCY_OPTIONS = [
  'claim',
  'header',
  'host',
  'path',
  'memberships',
  'directory',
  'crossTenantPermission',
];

/** Determines the tenant of a request: the one that it asks for, checked against the credential. */
export class TenantPolicy extends TenantRequirement {
  /** True if the application has tenants at all. */
  readonly enabled: boolean;
  /** Header that names the tenant, in lower case. Undefined if none does. */
  readonly header: string | undefined;
  /** Platform permission for work beyond the caller's tenant. */
  readonly crossTenantPermission: string;
  readonly #claim: string | undefined;
  readonly #asked: AskedTenant;

  /**
   * Checks the options.
   *
   * @throws {PatronusConfigurationError}
   */
  constructor(
    options: TenancyOptions | undefined,
    private readonly lookups = new TenantLookups(undefined, undefined),
  ) {
    super();
    checkMembers('tenancy', options === undefined ? {} : options, TENANCY_OPTIONS);
    this.enabled = options !== undefined;
    this.crossTenantPermission = permissionName(options?.crossTenantPermission);
    this.#claim = claimName(options?.claim);
    this.#asked = new AskedTenant(options ?? {});
    this.header = this.#asked.header;
  }

  /**
   * Returns the tenant of a request, or undefined if it has none. Synchronous if no look-up is
   * needed.
   *
   * @throws {PatronusError} `tenant_mismatch` if the request asks for a tenant that the caller
   * does not belong to, `tenant_unknown`, `tenant_disabled`, `provider_unavailable`
   */
  resolve(
    identity: Identity,
    request: TenantRequest,
    own = this.tenantOf(identity),
  ): string | undefined | Promise<string | undefined> {
    return this.admit(identity, this.#asked.in(request), own);
  }

  /**
   * Returns the tenant that an identity acts in: the one asked for, if it belongs there, or else
   * its own.
   *
   * @throws {PatronusError} `tenant_mismatch`, `tenant_unknown`, `tenant_disabled`,
   * `provider_unavailable`
   */
  admit(
    identity: Identity,
    asked: string | undefined,
    own = this.tenantOf(identity),
  ): string | undefined | Promise<string | undefined> {
    if (own !== undefined && (asked === undefined || asked === own)) {
      return this.lookups.requireActive(own);
    }
    if (!this.lookups.hasMemberships) return asked === undefined ? undefined : refuse(asked);
    const tenants = this.lookups.tenantsOf(identity);
    return tenants instanceof Promise
      ? tenants.then((known) => this.#choose(known, asked))
      : this.#choose(tenants, asked);
  }

  /**
   * Returns the tenant that the credential names, or undefined if it names none that is
   * well-formed.
   */
  tenantOf(identity: Identity): string | undefined {
    return tenantIdOf(this.#valueOf(identity));
  }

  override require(identity: Identity, tenantId: string | undefined, isOptional: boolean): void {
    if (tenantId !== undefined || isOptional || !this.enabled) return;
    throw new PatronusError('tenant_required', { reason: this.whyNone(identity) });
  }

  /** Explains to operators why there is no tenant. */
  whyNone(identity: Identity): string {
    const place = this.#claim === undefined ? 'Identity.tenantId' : `the claim ${this.#claim}`;
    const problem =
      this.#valueOf(identity) === undefined ? 'is missing' : 'is not a well-formed tenant id';
    const choice = this.lookups.hasMemberships
      ? ', the caller does not belong to exactly one tenant, and the request names none'
      : '';
    return `${place} ${problem}${choice}; @TenantOptional() opens a route to callers without a tenant`;
  }

  /** Chooses a tenant. A caller that belongs to one tenant need not name it. */
  #choose(
    tenants: ReadonlySet<string>,
    asked: string | undefined,
  ): string | undefined | Promise<string | undefined> {
    const [only] = tenants.size === 1 ? tenants : [];
    const chosen = asked ?? only;
    if (chosen === undefined) return undefined;
    return tenants.has(chosen) ? this.lookups.requireActive(chosen) : refuse(chosen);
  }

  #valueOf({ tenantId, claims }: Identity): unknown {
    if (this.#claim === undefined) return tenantId;
    return Object.hasOwn(claims, this.#claim) ? claims[this.#claim] : undefined;
  }
}

function refuse(asked: string): never {
  throw new PatronusError('tenant_mismatch', {
    reason: `the request asks for ${JSON.stringify(asked)}, which the caller does not belong to`,
  });
}

function claimName(claim: string | undefined): string | undefined {
  if (claim === undefined || (typeof claim === 'string' && claim !== '')) return claim;
  throw new PatronusConfigurationError(
    'tenancy.claim',
    'is not the name of a claim.',
    "Name the claim that holds the tenant, such as 'empresa_id', or leave it out.",
  );
}

function permissionName(name = 'tenants.cross'): string {
  if (isPermissionName(name)) return name;
  throw new PatronusConfigurationError(
    'tenancy.crossTenantPermission',
    'is not the name of one permission.',
    "Write a dotted name without a wildcard, such as 'tenants.cross'.",
  );
}

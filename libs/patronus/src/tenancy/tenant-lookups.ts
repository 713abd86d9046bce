import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import { LookupCache, type LookupLimits } from '../identity/lookup-cache.js';
import { ClaimedMemberships } from './claimed-memberships.js';
import { Memberships } from './memberships.js';
import type { TenancyOptions } from './tenancy.options.js';
import { isTenantId } from './tenant-id.js';
import { TenantDirectory, type TenantStatus } from './tenant-directory.js';

const LIMITS: LookupLimits = { max: 10_000, ttl: 30, timeout: 5 };

/** Calls memberships and the directory, and caches their answers. Inject it to forget them. */
export class TenantLookups {
  readonly #tenantsOf = new LookupCache<ReadonlySet<string>>(LIMITS);
  readonly #inClaims = new WeakMap<Identity, ReadonlySet<string>>();
  readonly #statusOf = new LookupCache<TenantStatus | undefined>(LIMITS);

  constructor(
    private readonly memberships: Memberships | undefined,
    private readonly directory: TenantDirectory | undefined,
  ) {}

  /** True if callers can belong to several tenants. */
  get hasMemberships(): boolean {
    return this.memberships !== undefined;
  }

  /** Forgets the tenants of a user, from the next request of this process on. */
  forgetUser(user: { readonly issuer: string; readonly id: string }): void {
    this.#tenantsOf.forget(keyOf(user));
  }

  /** Forgets a tenant, from the next request of this process on. */
  forgetTenant(tenantId: string): void {
    this.#statusOf.forget(tenantId);
  }

  /**
   * Returns the tenants that a caller belongs to.
   *
   * @throws {PatronusError} `provider_unavailable` if they cannot be looked up
   */
  tenantsOf(identity: Identity): ReadonlySet<string> | Promise<ReadonlySet<string>> {
    const { memberships } = this;
    if (memberships === undefined) return NONE;
    if (memberships instanceof ClaimedMemberships) return this.#claimed(memberships, identity);
    const key = keyOf(identity);
    return (
      this.#tenantsOf.recall(key)?.answer ??
      this.#tenantsOf
        .load(key, async () => membersOf(await memberships.tenantsOf(identity)))
        .catch((cause: unknown) => unavailable('the memberships of the caller', cause))
    );
  }

  #claimed(memberships: ClaimedMemberships, identity: Identity): ReadonlySet<string> {
    const known = this.#inClaims.get(identity) ?? new Set(memberships.tenantsOf(identity));
    this.#inClaims.set(identity, known);
    return known;
  }

  /**
   * Returns a tenant that exists and is active.
   *
   * @throws {PatronusError} `tenant_unknown`, `tenant_disabled`, `provider_unavailable`
   */
  requireActive(tenantId: string): string | Promise<string> {
    const { directory } = this;
    if (directory === undefined) return tenantId;
    const known = this.#statusOf.recall(tenantId);
    if (known !== undefined) return admit(tenantId, known.answer);
    return this.#statusOf
      .load(tenantId, () => directory.find(tenantId))
      .catch((cause: unknown) => unavailable('the directory of tenants', cause))
      .then((status) => admit(tenantId, status));
  }
}

/**
 * Reads the option `memberships`.
 *
 * @throws {PatronusConfigurationError} if the option is neither a claim nor a `Memberships`
 */
export function membershipsOf(option: TenancyOptions['memberships']): Memberships | undefined {
  if (option === undefined || option instanceof Memberships) return option;
  if (typeof option.claim === 'string' && option.claim !== '') {
    checkMembers('tenancy.memberships', option, ['claim']);
    return new ClaimedMemberships(option.claim);
  }
  throw new PatronusConfigurationError(
    'tenancy.memberships',
    'names no claim, and is not a Memberships.',
    "Write { claim: 'empresas' }, or give a class that extends Memberships.",
  );
}

/**
 * Reads the option `directory`.
 *
 * @throws {PatronusConfigurationError} if the option is not a `TenantDirectory`
 */
export function directoryOf(option: TenancyOptions['directory']): TenantDirectory | undefined {
  if (option === undefined || option instanceof TenantDirectory) return option;
  throw new PatronusConfigurationError(
    'tenancy.directory',
    'is not a TenantDirectory.',
    'Give a class that extends TenantDirectory: an instance, or { useClass: … }.',
  );
}

const NONE: ReadonlySet<string> = new Set();

function keyOf({ issuer, id }: { readonly issuer: string; readonly id: string }): string {
  return JSON.stringify([issuer, id]);
}

function membersOf(answer: unknown): ReadonlySet<string> {
  if (Array.isArray(answer) && answer.every(isTenantId)) return new Set(answer);
  throw new TypeError('Memberships are a list of tenants’ ids.');
}

function admit(tenantId: string, status: TenantStatus | undefined): string {
  if (status === 'active') return tenantId;
  const reason = `the directory returned ${String(status)} for ${tenantId}`;
  throw new PatronusError(status === 'disabled' ? 'tenant_disabled' : 'tenant_unknown', { reason });
}

function unavailable(what: string, cause: unknown): never {
  if (cause instanceof PatronusError) throw cause;
  const reason = `${what} cannot be looked up`;
  throw new PatronusError('provider_unavailable', { reason, cause, retryAfter: 5 });
}

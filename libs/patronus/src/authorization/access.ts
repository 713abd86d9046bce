import { checkMembers } from '../errors/check-option.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import { jobScope, refuseToCross } from '../identity/job-scope.js';
import { currentScope, runInScope, type RequestScope } from '../identity/request-scope.js';
import type { AskedNames } from './asked-names.js';
import type { DecisionLog } from './decision-log.js';
import { denialOf } from './explanation/explain-denial.js';
import { Grants } from './grants/grants.js';
import type { GrantsResolver } from './grants/grants-resolver.js';
import { isMet, needsGrants, type AccessRequirement } from './rules/requirement.js';
import { checkRequirement } from './rules/requirements.js';

/** Identity other than the caller's, with the tenant that it is checked in. */
export interface AccessSubject {
  readonly identity: Identity;
  /**
   * Tenant that the identity must belong to. By default the tenant of this work, or else that of
   * the identity.
   */
  readonly tenantId?: string | undefined;
}

/** Admits identities to tenants, as the guards do for requests. */
interface TenantAdmission {
  readonly header: string | undefined;
  /** @throws {PatronusError} if the identity does not belong to the tenant that is asked for */
  admit(
    identity: Identity,
    asked: string | undefined,
  ): string | undefined | Promise<string | undefined>;
}

/** Grants of the identity that is checked, with the scope that it is checked in. */
interface Found {
  readonly scope: RequestScope;
  readonly identity: Identity | undefined;
  readonly grants: Grants;
  /** Reason why the grants are not known. */
  readonly denial?: PatronusError;
}

/**
 * Checks in services and jobs the requirements that decorators check on routes, with the same code
 * and the same cache. Closed by default: without a known caller it grants nothing, which includes
 * `@Public()` routes and jobs without an identity. It checks permissions and roles only, and does
 * not verify the credential again.
 *
 * @example
 * class RecordsService {
 *   constructor(private readonly access: Access) {}
 *   async open(record: Record) {
 *     if (record.sealed) await this.access.require(anyOf(permissions('records.unseal'), platformRoles('STAFF')));
 *     return record;
 *   }
 * }
 */
export class Access {
  constructor(
    private readonly grants: GrantsResolver,
    private readonly decisions: DecisionLog,
    private readonly tenants: TenantAdmission,
    private readonly names: AskedNames,
  ) {}

  /**
   * Resolves to true if the caller of this request or job, or the given subject, meets a
   * requirement.
   *
   * @throws {PatronusError} `provider_unavailable` if the permission source fails,
   * `tenant_mismatch` if the subject is checked in a tenant other than that of this work
   * @throws {PatronusConfigurationError} if `requirement` is something else
   * @example
   * const notes = await this.access.has(permissions('notes.read')) ? await this.notes.of(id) : [];
   */
  async has(
    requirement: AccessRequirement,
    ...subject: readonly [] | readonly [AccessSubject]
  ): Promise<boolean> {
    const asked = checkRequirement('Access.has', requirement);
    const found = this.#find(asked, subject);
    const { scope, identity, grants, denial } = found instanceof Promise ? await found : found;
    if (denial === undefined) {
      if (identity !== undefined && isMet(asked, grants, identity)) return true;
      this.names.notMet(asked, 'Access.has', scope);
      return false;
    }
    // A failure is not a denial.
    if (denial.code === 'provider_unavailable' || denial.cause !== undefined) throw denial;
    return false;
  }

  /**
   * Requires that the caller of this request or job, or the given subject, meets a requirement. A
   * denial is logged, explained and reported as an event, like a denial by the guard.
   *
   * @throws {PatronusError} `token_missing` without a known caller, `permission_denied`, `role_denied`,
   * `scope_denied`, `provider_unavailable`, and for a subject also `tenant_mismatch`, `tenant_unknown`
   * or `tenant_disabled`
   * @throws {PatronusConfigurationError} if `requirement` is something else
   * @example
   * await this.access.require(platformRoles('STAFF'), { identity, tenantId });
   */
  async require(
    requirement: AccessRequirement,
    ...subject: readonly [] | readonly [AccessSubject]
  ): Promise<void> {
    const asked = checkRequirement('Access.require', requirement);
    const found = this.#find(asked, subject);
    const known = found instanceof Promise ? await found : found;
    const denial = whyNot(asked, known);
    if (denial === undefined) return;
    if (known.denial === undefined) this.names.notMet(asked, 'Access.require', known.scope);
    throw this.decisions.denyWork(denial, asked, known.scope);
  }

  #find(requirement: AccessRequirement, given: readonly AccessSubject[]): Found | Promise<Found> {
    if (given.length > 0) return this.#findSubject(requirement, given[0]);
    return this.#grantsIn(currentScope() ?? jobScope({}), requirement);
  }

  /**
   * Runs the look-ups for a subject in its name, so that `TenantContext` returns the tenant of the
   * subject.
   */
  async #findSubject(
    requirement: AccessRequirement,
    subject: AccessSubject | undefined,
  ): Promise<Found> {
    const around = currentScope();
    const scope = jobScope({ tenantHeader: this.tenants.header });
    Object.assign(scope, {
      around: around?.around ?? around,
      owner: around?.owner,
      handler: around?.handler,
      context: around?.context,
    });
    // An identity that is missing by mistake must not fall back to the caller's.
    const identity = subject?.identity;
    if (identity === undefined) return { scope, identity, grants: Grants.NONE };
    checkMembers('Access', subject ?? {}, ['identity', 'tenantId']);
    scope.presented = identity;
    try {
      const admitted = this.tenants.admit(identity, subject?.tenantId ?? around?.tenantId);
      scope.tenantId = admitted instanceof Promise ? await admitted : admitted;
    } catch (error) {
      return { scope, identity, grants: Grants.NONE, denial: denialFrom(error) };
    }
    refuseToCross(around, scope.tenantId);
    scope.identity = identity;
    return this.#grantsIn(scope, requirement);
  }

  #grantsIn(scope: RequestScope, requirement: AccessRequirement): Found | Promise<Found> {
    const { identity, tenantId, crossing } = scope;
    if (identity === undefined || !needsGrants(requirement)) {
      return { scope, identity, grants: Grants.NONE };
    }
    const subject = { identity, tenantId, crossing };
    try {
      const known = this.grants.recall(subject);
      if (known !== undefined) return { scope, identity, grants: known };
      return runInScope(scope, () => this.grants.ask(subject)).then(
        (grants) => ({ scope, identity, grants }),
        (error: unknown) => ({ scope, identity, grants: Grants.NONE, denial: denialFrom(error) }),
      );
    } catch (error) {
      return { scope, identity, grants: Grants.NONE, denial: denialFrom(error) };
    }
  }
}

function whyNot(
  requirement: AccessRequirement,
  { identity, grants, denial }: Found,
): PatronusError | undefined {
  if (denial !== undefined) return denial;
  if (identity === undefined) {
    return new PatronusError('token_missing', { reason: 'no caller is known here' });
  }
  return isMet(requirement, grants, identity) ? undefined : denialOf(requirement, grants, identity);
}

/** Returns the denial. An error of the check itself denies as well. */
function denialFrom(error: unknown): PatronusError {
  if (error instanceof PatronusError) return error;
  return new PatronusError('permission_denied', { reason: 'the check failed', cause: error });
}

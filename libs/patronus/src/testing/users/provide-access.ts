import type { FactoryProvider } from '@nestjs/common';
import { createCache } from 'cache-manager';
import { Access, type AccessSubject } from '../../authorization/access.js';
import { AskedNames } from '../../authorization/asked-names.js';
import { DecisionLog } from '../../authorization/decision-log.js';
import { GrantableNames } from '../../authorization/grants/grantable-names.js';
import { GrantsResolver } from '../../authorization/grants/grants-resolver.js';
import { PermissionCache } from '../../authorization/grants/permission-cache.js';
import type { PermissionOptions } from '../../authorization/grants/permission.options.js';
import { PermissionPolicy } from '../../authorization/grants/permission-policy.js';
import type { AccessRequirement } from '../../authorization/rules/requirement.js';
import type { PatronusError } from '../../errors/patronus.error.js';
import type { Identity } from '../../identity/identity.js';
import { jobScope } from '../../identity/job-scope.js';
import { currentScope, runInScope } from '../../identity/request-scope.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { TenantPolicy } from '../../tenancy/tenant-policy.js';
import { testIdentity } from './test-identity.js';
import type { TestUser } from './test-user.js';

/**
 * Provides an `Access` for a unit test of a class that injects it, without `PatronusModule`. It answers for
 * one caller, by the same evaluation as in the application: roles, wildcards, scopes and both authorities.
 *
 * It answers in the tenant of the `TenantContext` of the same module, such as that of `provideTenant()`, or
 * else in the tenant of the caller. It provides no `TenantContext` itself. A caller without `tenantId`
 * belongs to the provided tenant. A caller or a subject of another tenant is refused with
 * `tenant_mismatch`.
 *
 * @param user - the caller, or null for work without one
 * @param options - what the application gives as `permissions`, such as its roles. Without them the caller
 * may do what `user.permissions` says
 * @throws {PatronusConfigurationError} if the user has a member that does not exist, or an option is wrong
 * @example
 * const module = await Test.createTestingModule({
 *   providers: [
 *     RecordsService,
 *     provideAccess({ roles: ['doctor'], tenantId: 'norte' }, { roles: { doctor: ['records.read'] } }),
 *   ],
 * }).compile();
 * await expect(module.get(RecordsService).unseal('r-1')).rejects.toMatchObject({ code: 'permission_denied' });
 */
export function provideAccess(
  user: TestUser | null,
  options?: PermissionOptions,
): FactoryProvider<Access> {
  const identity = user === null ? undefined : testIdentity(user);
  const policy = new PermissionPolicy(options);
  return {
    provide: Access,
    useFactory: (tenant?: TenantContext) => new AccessOfTest(identity, policy, tenant),
    inject: [{ token: TenantContext, optional: true }],
  };
}

/** Identity other than the caller's, if one is given. */
type Subject = readonly [] | readonly [AccessSubject];

class AccessOfTest extends Access {
  constructor(
    private readonly identity: Identity | undefined,
    policy: PermissionPolicy,
    private readonly tenant: TenantContext | undefined,
  ) {
    const source = policy.source();
    super(
      new GrantsResolver(source, policy, new PermissionCache(createCache(), policy, source)),
      new NoDecisionLog(),
      new TenantPolicy({}),
      new AskedNames(new GrantableNames(policy, () => source)),
    );
  }

  override has(requirement: AccessRequirement, ...subject: Subject): Promise<boolean> {
    return this.#asCaller(subject, (asked) => super.has(requirement, ...asked));
  }

  override require(requirement: AccessRequirement, ...subject: Subject): Promise<void> {
    return this.#asCaller(subject, (asked) => super.require(requirement, ...asked));
  }

  /** Inside of `TenantContext.runAs` and its like, the caller is theirs. In `run`, the tenant is. */
  #asCaller<Result>(subject: Subject, work: (subject: Subject) => Result): Result {
    const { identity } = this;
    const around = currentScope();
    if (around !== undefined) {
      if (identity === undefined || around.identity !== undefined) return work(subject);
      return runInScope(around.with({ identity, presented: identity }), () => work(subject));
    }
    const provided = this.tenant?.idOrNull ?? undefined;
    const own = identity?.tenantId;
    const scope = jobScope({ identity, tenantId: provided ?? own });
    // Checked as a subject, a caller of another tenant is refused as the guard refuses it in a request.
    const isForeign = own !== undefined && own !== scope.tenantId;
    const asked: Subject =
      isForeign && identity !== undefined && subject.length === 0 ? [{ identity }] : subject;
    return runInScope(scope, () => work(asked));
  }
}

/** Leaves the denial as it is. There is no application whose log or listeners would hear of it. */
class NoDecisionLog extends DecisionLog {
  override allow(): void {}

  override deny(error: unknown): unknown {
    return error;
  }

  override refuseUnseen(error: unknown): unknown {
    return error;
  }

  override denyWork(error: PatronusError): PatronusError {
    return error;
  }
}

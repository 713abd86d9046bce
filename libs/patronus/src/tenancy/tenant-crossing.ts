import { Injectable, Logger } from '@nestjs/common';
import { GrantsResolver } from '../authorization/grants/grants-resolver.js';
import { compilePermission } from '../authorization/grants/permission-matcher.js';
import { checkMembers } from '../errors/check-option.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import { AuthEvents } from '../observability/auth-events.js';
import { isTenantId } from './tenant-id.js';
import { TenantPolicy } from './tenant-policy.js';

/** Reason and target of work beyond the caller's tenant. */
export interface Crossing {
  /** Reason for readers of the log: a ticket, an incident. Not empty. */
  readonly reason: string;
  /** Tenant to work in. Without it, the work runs in no tenant. */
  readonly to?: string | undefined;
}

/** Lets a caller work beyond its tenant, if it has the permission, and records it. */
@Injectable()
export class TenantCrossing {
  private readonly logger = new Logger('Patronus');

  constructor(
    private readonly policy: TenantPolicy,
    private readonly grants: GrantsResolver,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Opens the scope.
   *
   * @returns the scope to work in
   * @throws {PatronusError} `token_missing`, `permission_denied`, `tenant_required`
   * @throws {PatronusConfigurationError} if `crossing` has a member that does not exist
   */
  async open(crossing: Crossing, scope: RequestScope | undefined): Promise<RequestScope> {
    checkMembers('crossTenant', crossing, ['reason', 'to']);
    const { reason, to } = crossing;
    if (scope?.identity === undefined) {
      throw new PatronusError('token_missing', {
        reason: 'there is no authenticated caller for crossTenant',
      });
    }
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new PatronusError('permission_denied', { reason: 'crossTenant needs a reason' });
    }
    if (to !== undefined && !isTenantId(to)) {
      throw new PatronusError('tenant_required', { reason: '`to` is not the id of a tenant' });
    }
    const { identity, tenantId } = scope;
    const { platform } = await this.grants.grantsOf({ identity, tenantId });
    const allowed = platform.has(compilePermission(this.policy.crossTenantPermission));
    this.tell({ reason, to }, scope, allowed);
    if (allowed) return scope.with({ tenantId: to, crossing: reason });
    throw new PatronusError('permission_denied', {
      reason: `crossTenant needs the platform permission ${this.policy.crossTenantPermission}`,
    });
  }

  /**
   * Emits the event.
   *
   * @throws {PatronusError} `permission_denied` if a listener fails, because the crossing would not
   * be recorded
   */
  private tell({ reason, to }: Crossing, scope: RequestScope, allowed: boolean): void {
    const facts = {
      decisionId: scope.decisionId,
      user: scope.identity?.id,
      issuer: scope.identity?.issuer,
      from: scope.tenantId,
      to,
      reason,
      allowed,
    };
    this.logger.warn(`tenant_crossing ${JSON.stringify(facts)}`);
    try {
      this.events.emit({ type: 'tenant_crossing', at: Date.now(), ...facts });
    } catch (cause) {
      throw new PatronusError('permission_denied', { reason: 'it was not recorded', cause });
    }
  }
}

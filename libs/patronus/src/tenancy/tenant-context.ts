import { Injectable } from '@nestjs/common';
import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import { currentScope, runInScope } from '../identity/request-scope.js';
import { bindHere } from './bind-here.js';
import { bindEmitter } from './bound-emitter.js';
import { bindPool } from './bound-pool.js';
import { currentTenantId } from './current-tenant-id.js';
import { jobScope, refuseToCross } from '../identity/job-scope.js';
import type { Crossing, TenantCrossing } from './tenant-crossing.js';
import { isTenantId } from './tenant-id.js';
import { TenantPolicy } from './tenant-policy.js';

/**
 * Tenant of the running request or job. Inject it to read the tenant. It follows promises, streams
 * and timers that the request starts.
 *
 * @example
 * class PatientsService {
 *   constructor(private readonly tenant: TenantContext) {}
 *   list() { return this.patients.findBy({ empresaId: this.tenant.id }); }
 * }
 */
@Injectable()
export class TenantContext {
  constructor(
    private readonly policy: TenantPolicy,
    private readonly crossing: Pick<TenantCrossing, 'open'>,
  ) {}

  /**
   * Id of the tenant.
   *
   * @throws {PatronusError} `tenant_required` if there is none.
   */
  get id(): string {
    return currentTenantId();
  }

  /** Id of the tenant, or null if there is none. */
  get idOrNull(): string | null {
    return currentScope()?.tenantId ?? null;
  }

  /** True inside of {@link crossTenant}. */
  get isCrossTenant(): boolean {
    return currentScope()?.crossing !== undefined;
  }

  /**
   * Runs `work` in a tenant: for jobs, queues, cron and scripts, in which no request names one.
   * Refused inside a request or a job of another tenant: use {@link crossTenant} for that.
   *
   * @throws {PatronusError} `tenant_mismatch` inside a request or a job of another tenant,
   * `tenant_required` if `tenantId` is not the id of a tenant
   * @example
   * @Cron('0 6 * * *')
   * async remind() {
   *   for (const id of await this.clinics.ids()) await this.tenant.run(id, () => this.reminders.send());
   * }
   */
  run<Result>(tenantId: string, work: () => Result): Result {
    if (!isTenantId(tenantId)) {
      const reason = 'TenantContext.run was given something that is not the id of a tenant';
      throw new PatronusError('tenant_required', { reason, cause: new Error(reason) });
    }
    const scope = currentScope();
    refuseToCross(scope, tenantId);
    const { header: tenantHeader } = this.policy;
    const changes = { tenantId, tenantHeader };
    return runInScope(scope?.with(changes) ?? jobScope(changes), work);
  }

  /**
   * Runs `work` as an identity, in the tenant of its credential.
   *
   * @throws {PatronusError} `tenant_mismatch` inside a request or a job of another tenant
   */
  runAs<Result>(identity: Identity, work: () => Result): Result {
    const tenantId = this.policy.tenantOf(identity);
    refuseToCross(currentScope(), tenantId);
    const { header: tenantHeader } = this.policy;
    return runInScope(jobScope({ identity, tenantId, tenantHeader }), work);
  }

  /**
   * Runs `work` beyond the tenant of the caller: in the tenant `to`, or in none. Requires the
   * platform permission `tenancy.crossTenantPermission`, and writes an event and a line in the log.
   *
   * @throws {PatronusError} `permission_denied`, `token_missing` without an authenticated caller
   * @example
   * await this.tenant.crossTenant({ reason: 'ticket 4711', to: 'clinic-b' }, () => this.patients.list());
   */
  async crossTenant<Result>(
    crossing: Crossing,
    work: () => Result | Promise<Result>,
  ): Promise<Result> {
    const scope = await this.crossing.open(crossing, currentScope());
    return runInScope(scope, work);
  }

  /**
   * Binds a callback to the current tenant. Use it for callbacks that run elsewhere, such as the
   * queue of a connection pool or a listener of a shared emitter: they would otherwise run in the
   * context of the caller that triggers them.
   *
   * @example
   * pool.connect(this.tenant.bind((error, client, release) => { … }));
   */
  bind<Args extends unknown[], Result>(
    callback: (...args: Args) => Result,
  ): (...args: Args) => Result {
    return bindHere(callback);
  }

  /**
   * Makes the listeners of an emitter run in the tenant in which they were added, from now on. A
   * listener that was added outside of every request then has no tenant, and {@link id} throws
   * there, for every emitting caller. For emitters that requests share: those of Node, and those
   * with the same methods.
   *
   * @example
   * tenant.bindEmitter(this.changes);
   */
  bindEmitter(emitter: object): void {
    bindEmitter(emitter);
  }

  /**
   * Makes the callbacks of a `pg` pool, and of its connections, run in the tenant in which they
   * were passed, from now on. Not needed for a pool that is a provider when the application starts,
   * nor for that of a `TenantDatabase`: both are bound already.
   */
  bindPool(pool: object): void {
    bindPool(pool);
  }
}

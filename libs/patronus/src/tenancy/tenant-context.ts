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
 * The tenant of the running request or job. Inject it where the tenant matters: it follows promises,
 * streams and timers that the request starts.
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
   * The tenant's id.
   *
   * @throws {PatronusError} `tenant_required` where there is none.
   */
  get id(): string {
    return currentTenantId();
  }

  /** The tenant's id, or null where there is none. */
  get idOrNull(): string | null {
    return currentScope()?.tenantId ?? null;
  }

  /** Whether this runs inside of {@link crossTenant}. */
  get isCrossTenant(): boolean {
    return currentScope()?.crossing !== undefined;
  }

  /**
   * Runs `work` in a tenant: for jobs, queues, cron and scripts, where no request names one. Inside a
   * request or a job of another tenant it refuses: that is what {@link crossTenant} is for.
   *
   * @throws {PatronusError} `tenant_mismatch` where it would cross over silently, `tenant_required`
   * where `tenantId` is not the id of a tenant
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
   * Runs `work` as somebody, in the tenant of the credential behind the identity.
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
   * Runs `work` beyond the tenant of the caller: in the tenant `to`, or in none. Needs the platform
   * permission `tenancy.crossTenantPermission`, and leaves an event and a line in the log.
   *
   * @throws {PatronusError} `permission_denied`, `token_missing` where nobody is known to ask
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
   * Binds a callback to the tenant of this moment. For what calls back from elsewhere, such as the
   * waiting line of a connection pool or a listener of a shared emitter: such a callback would run
   * in the context of whoever woke it.
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
   * Makes the listeners of an emitter run in the tenant in which they were added, from now on. One that
   * was added outside of every request then has none, and {@link id} throws there, whoever emits. For
   * emitters that requests share; those of Node, and those that are written like them.
   *
   * @example
   * tenant.bindEmitter(this.changes);
   */
  bindEmitter(emitter: object): void {
    bindEmitter(emitter);
  }

  /**
   * Makes the callbacks of a `pg` pool, and of its connections, run in the tenant in which they were
   * given, from now on. Not needed for a pool that is a provider when the application starts, nor for
   * that of a `TenantDatabase`: both are bound already.
   */
  bindPool(pool: object): void {
    bindPool(pool);
  }
}

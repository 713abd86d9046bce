import { Injectable } from '@nestjs/common';
import { PatronusError } from '../errors/patronus.error.js';
import { TenantContext } from './tenant-context.js';
import { isTenantId } from './tenant-id.js';

/** Data of a job, with the tenant that it is for. */
export type InTenant<Data extends object> = Data & { readonly patronusTenant: string };

/**
 * Carries the tenant inside a job, for any queue: BullMQ, Agenda, a table.
 *
 * @example
 * await this.queue.add('remind', this.jobs.pack({ patientId }));
 *
 * @Processor('reminders')
 * class Reminders extends WorkerHost {
 *   process(job: Job) { return this.jobs.run(job.data, (data) => this.remind(data)); }
 * }
 */
@Injectable()
export class TenantJobs {
  constructor(private readonly tenant: TenantContext) {}

  /**
   * Adds the tenant of this request or job to the data.
   *
   * @throws {PatronusError} `tenant_required` if there is none
   */
  pack<Data extends object>(data: Data): InTenant<Data> {
    return { ...data, patronusTenant: this.tenant.id };
  }

  /**
   * Runs `work` in the tenant of a job.
   *
   * @throws {PatronusError} `tenant_required` if the job names none, because it was not packed
   */
  run<Data extends object, Result>(
    data: InTenant<Data>,
    work: (data: InTenant<Data>) => Result,
  ): Result {
    const named: unknown = Object.hasOwn(data, 'patronusTenant') ? data.patronusTenant : undefined;
    if (isTenantId(named)) return this.tenant.run(named, () => work(data));
    const reason = 'the job names no tenant: add it with TenantJobs.pack(data)';
    throw new PatronusError('tenant_required', { reason, cause: new Error(reason) });
  }
}

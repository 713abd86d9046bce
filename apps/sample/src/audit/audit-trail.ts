import { Injectable } from '@nestjs/common';
import { TenantContext } from '@patronus/nestjs';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import { ClinicStorage } from '../storage/clinic-storage.js';

export interface AuditEntry {
  readonly at: string;
  readonly tenantId: string;
  readonly action: 'appointment.cancel' | 'staff.remove';
  readonly subject: string;
  readonly by: string;
}

const MAX_ENTRIES = 1_000;

/** The record of actions in every tenant. */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly tenant: TenantContext,
    private readonly database: TenantDatabase,
    private readonly storage: ClinicStorage,
  ) {}

  /** Records an action. In a transaction, the record is written together with the action, or not at all. */
  async record({ action, subject, by }: Omit<AuditEntry, 'at' | 'tenantId'>): Promise<void> {
    await this.database.query(
      'insert into audit_entries (tenant_id, action, subject, done_by) values ($1, $2, $3, $4)',
      [this.tenant.id, action, subject, by],
    );
  }

  /** Lists entries, newest first. The caller crosses into each tenant, which needs a platform permission. */
  async list(): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for (const to of await this.storage.tenantIds()) {
      const crossing = { reason: 'the audit trail is read', to };
      entries.push(...(await this.tenant.crossTenant(crossing, () => this.listOwn())));
    }
    return entries.toSorted((one, other) => (one.at < other.at ? 1 : -1)).slice(0, MAX_ENTRIES);
  }

  private async listOwn(): Promise<AuditEntry[]> {
    const { rows } = await this.database.query<AuditEntry>(
      `select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
         tenant_id as "tenantId", action, subject, done_by as by
       from audit_entries order by position desc limit $1`,
      [MAX_ENTRIES],
    );
    return rows;
  }
}

import { tenantIsolationSql } from '@patronus/nestjs/postgres';
import type { Migration } from './migration.js';

export const auditTrail: Migration = {
  number: 2,
  name: 'audit trail',
  script: `
create table audit_entries (
  tenant_id text not null references tenants,
  position bigint generated always as identity,
  at timestamptz not null default now(),
  action text not null,
  subject text not null,
  done_by text not null,
  primary key (tenant_id, position)
);

revoke truncate on audit_entries from current_user;

${tenantIsolationSql({ table: 'audit_entries' })}
`,
};

import { tenantIsolationSql } from '@patronus/nestjs/postgres';
import type { Migration } from './migration.js';

/** The tables of tenants. Keys begin with the tenant, so they neither reference nor reveal rows of another one. */
export const clinicTables: Migration = {
  number: 1,
  name: 'clinic tables',
  script: `
create table tenants (
  id text primary key,
  since timestamptz not null default now()
);

create table patients (
  tenant_id text not null references tenants,
  id text not null,
  position bigint generated always as identity,
  name text not null,
  born date not null,
  primary key (tenant_id, id)
);

create table appointments (
  tenant_id text not null references tenants,
  id text not null,
  position bigint generated always as identity,
  patient_id text not null,
  at timestamptz not null,
  status text not null default 'booked' check (status in ('booked', 'cancelled')),
  primary key (tenant_id, id),
  foreign key (tenant_id, patient_id) references patients
);

create table staff (
  tenant_id text not null references tenants,
  id text not null,
  position bigint generated always as identity,
  name text not null,
  active boolean not null default true,
  primary key (tenant_id, id)
);

revoke truncate on patients, appointments, staff from current_user;

${tenantIsolationSql({ table: 'patients' })}
${tenantIsolationSql({ table: 'appointments' })}
${tenantIsolationSql({ table: 'staff' })}
`,
};

import { tenantIsolationSql } from '@patronus/nestjs/postgres';
import type { Migration } from './migrate.js';

/** The tables of tenants. Keys begin with the tenant, so they neither reference nor reveal rows of another one. */
const clinicTables: Migration = {
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

const auditTrail: Migration = {
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

/**
 * The members of clinics. The table is read before a request has a tenant, so it belongs to no tenant. The role
 * of the tenants' transactions has no right to it.
 */
const members: Migration = {
  number: 3,
  name: 'members',
  script: `
create table members (
  issuer text not null,
  subject text not null,
  clinic text not null references tenants,
  roles text[] not null,
  primary key (issuer, subject, clinic)
);
`,
};

/** All migrations in the order of their numbers. */
export const MIGRATIONS: readonly Migration[] = [clinicTables, auditTrail, members];

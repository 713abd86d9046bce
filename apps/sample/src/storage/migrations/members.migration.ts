import type { Migration } from './migration.js';

/**
 * The members of clinics. The table is read before a request has a tenant, so it belongs to no tenant. The role
 * of the tenants' transactions has no right to it.
 */
export const members: Migration = {
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

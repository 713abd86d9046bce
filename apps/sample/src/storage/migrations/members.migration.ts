import type { Migration } from './migration.js';

/**
 * Who belongs to which clinic. It is asked before a request has a tenant, so it is no table of one:
 * the role of the tenants' transactions has no right to it.
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

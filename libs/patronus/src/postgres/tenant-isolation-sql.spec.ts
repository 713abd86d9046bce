import { describe, expect, it } from '@jest/globals';
import { tenantIsolationSql } from './tenant-isolation-sql.js';

const misspelt: { table: string } & object = Object.assign({ table: 'a' }, { colum: 'x' });

describe('tenantIsolationSql', () => {
  it('writes a policy that permits and one that restricts, for the owner too', () => {
    expect(tenantIsolationSql({ table: 'patients' })).toBe(
      `alter table "patients" enable row level security;
alter table "patients" force row level security;
drop policy if exists patronus_tenant_only on "patients";
create policy patronus_tenant_only on "patients" as restrictive for all to public
  using ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::text)
  with check ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::text);
drop policy if exists patronus_tenant on "patients";
create policy patronus_tenant on "patients" as permissive for all to public
  using ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::text)
  with check ("tenant_id" = nullif(current_setting('app.tenant_id', true), '')::text);
`,
    );
  });

  it('compares in the type of the column, and fills it in where it is told to', () => {
    const sql = tenantIsolationSql({
      table: 'patients',
      schema: 'clinic',
      column: 'empresaId',
      type: 'uuid',
      fillIn: true,
    });
    expect(sql).toContain(
      `using ("empresaId" = nullif(current_setting('app.tenant_id', true), '')::uuid)`,
    );
    expect(sql).toContain(
      `alter table "clinic"."patients" alter column "empresaId" set default nullif(current_setting('app.tenant_id', true), '')::uuid;`,
    );
    expect(tenantIsolationSql({ table: 'patients' })).not.toContain('default');
  });

  it('quotes names, so that none ends its statement', () => {
    expect(tenantIsolationSql({ table: 'a"; drop table b; --' })).toContain(
      'alter table "a""; drop table b; --" force',
    );
  });

  it.each([
    ['an empty name', { table: '' }, 'tenantIsolationSql.table'],
    ['a NUL in a name', { table: 'a', schema: 'a\0' }, 'tenantIsolationSql.schema'],
    ['a name that would be cut off', { table: 'a', column: 'é'.repeat(32) }, 'sql.column'],
    ['a type from elsewhere', { table: 'a', type: 'text or true' as 'text' }, 'sql.type'],
    ['a misspelt option', misspelt, 'Did you mean "column"'],
  ])('refuses %s', (_name, options, message) => {
    expect(() => tenantIsolationSql(options)).toThrow(new RegExp(message, 'i'));
  });
});

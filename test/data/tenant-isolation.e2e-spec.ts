import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertTenantIsolation,
  tenantIsolationSql,
  type TenantIsolationOptions,
} from '@patronus/nestjs/postgres';
import type pg from 'pg';
import { databaseUrl } from '../environment/services.js';
import { pgliteBed, postgresBed, type PostgresBed } from './tenant-database-bed.js';

const own = "tenant_id = current_setting('app.tenant_id', true)";
const drop =
  'drop policy patronus_tenant_only on patients; drop policy patronus_tenant on patients';

/** Replaces the policies by those of one role. */
const restrictedTo = (role: string) =>
  `${drop}; create policy p on patients as restrictive to ${role} using (${own}); create policy o on patients to ${role} using (${own})`;

/** Faults, each with its repair and the message that reports it. */
const FAULTS: readonly [string, string, RegExp][] = [
  [
    'no row level security',
    'alter table patients disable row level security',
    /patients: has no row level security/,
  ],
  [
    'an owner that is let off',
    'alter table patients no force row level security',
    /does not apply row level security to its owner/,
  ],
  ['no policy', drop, /do not bind every command to tenant_id alone/],
  [
    'a policy for reading alone',
    `${drop}; create policy p on patients for select using (${own})`,
    /do not bind/,
  ],
  [
    'a policy for one role alone',
    `${drop}; create policy p on patients to postgres using (${own})`,
    /do not bind/,
  ],
  [
    'a policy that also says true',
    `${drop}; create policy p on patients using (${own} or true)`,
    /do not bind/,
  ],
  [
    'a policy of another setting',
    `${drop}; create policy p on patients using (tenant_id = current_setting('app.user_id', true))`,
    /do not bind/,
  ],
  [
    'a policy of another column',
    `${drop}; create policy p on patients using (name = current_setting('app.tenant_id', true))`,
    /do not bind/,
  ],
  [
    'a check that lets through',
    `${drop}; create policy p on patients using (${own}) with check (true)`,
    /do not bind/,
  ],
  [
    'a second policy that permits more',
    `${drop}; create policy p on patients using (${own}); create policy q on patients for select using (true)`,
    /do not bind/,
  ],
  [
    'a policy of a role that it can become',
    `create role patronus_wide; grant patronus_wide to the_role; create policy q on patients to patronus_wide using (true); ${restrictedTo('the_role')}`,
    /do not bind/,
  ],
  ['a restriction that permits nothing', 'drop policy patronus_tenant on patients', /do not bind/],
  [
    'a partition of its own',
    'create table visits (id text, tenant_id text) partition by list (id); create table visits_1 partition of visits default;' +
      tenantIsolationSql({ table: 'visits' }),
    /visits_1: has no row level security/,
  ],
  [
    'a view of its owner',
    'create view names as select tenant_id, name from patients',
    /public.names: is a view .*security_invoker/,
  ],
  [
    'a view of a view',
    'create view names with (security_invoker = on) as select * from patients; create view more as select * from names',
    /public.more: is a view/,
  ],
  [
    'a materialized view',
    'create materialized view names as select * from patients',
    /public.names: is a materialized view/,
  ],
  [
    'a role that may truncate',
    'grant truncate on patients to public',
    /revoke truncate on public.patients/,
  ],
];

const SOUND: readonly [string, string, TenantIsolationOptions?][] = [
  ['what tenantIsolationSql makes', 'select 1'],
  ['what it makes twice', tenantIsolationSql({ table: 'patients' })],
  [
    'a permissive policy beside the restrictive one',
    'create policy q on patients for select using (true)',
  ],
  ["a policy of one's own", `${drop}; create policy p on patients using (${own})`],
  [
    'a policy with a sub-select',
    `${drop}; create policy p on patients using (tenant_id = (select current_setting('app.tenant_id')))`,
  ],
  ['policies of the role alone', restrictedTo('the_role')],
  [
    'a policy of a role that it cannot become',
    `create role patronus_wide; create policy q on patients to patronus_wide using (true); ${restrictedTo('the_role')}`,
  ],
  [
    'a view of whoever asks',
    'create view names with (security_invoker = true) as select * from patients',
  ],
  [
    'a table that is named',
    'alter table patients disable row level security; create table visits (tenant_id text);' +
      tenantIsolationSql({ table: 'visits' }),
    { except: ['patients'] },
  ],
  [
    'a view that is named',
    'create view names as select * from patients',
    { except: ['public.names'] },
  ],
];

const withPostgres = databaseUrl() === undefined ? describe.skip : describe;

withPostgres('assertTenantIsolation', () => {
  let bed: PostgresBed;
  let pool: pg.Pool;
  beforeAll(async () => {
    bed = await postgresBed();
    pool = bed.pool({ max: 1 });
  });
  afterAll(() => bed.close());

  /**
   * Asserts as the restricted role, on changes that the superuser made in a transaction and rolls
   * back afterwards.
   */
  async function verdict(change: string, options: TenantIsolationOptions = {}): Promise<string> {
    const admin = new (await import('pg')).default.Client({ connectionString: adminUrl(bed) });
    await admin.connect();
    try {
      const changed = change.replaceAll('the_role', bed.role);
      await admin.query(`begin; ${changed}; set local role ${bed.role}`);
      return await assertTenantIsolation(admin, options).then(
        () => 'sound',
        (error: Error) => `${error.name}: ${error.message}`,
      );
    } finally {
      await admin.end();
    }
  }

  it.each(SOUND)('accepts %s', async (...[, change, options]) => {
    expect(await verdict(change, options)).toBe('sound');
  });

  it.each(FAULTS)('refuses %s', async (_name, change, message) => {
    const said = await verdict(change);
    expect(said).toMatch(/^PatronusConfigurationError: /);
    expect(said).toMatch(message);
  });

  it('accepts a pool', async () => {
    await expect(assertTenantIsolation(pool)).resolves.toBeUndefined();
  });

  it('refuses a superuser, and a role that bypasses or can come to', async () => {
    expect(await verdict(`alter role ${bed.role} superuser`)).toMatch(/bypasses row level/);
    expect(await verdict(`alter role ${bed.role} bypassrls`)).toMatch(/bypasses row level/);
    expect(
      await verdict(`create role ${bed.role}_up bypassrls; grant ${bed.role}_up to ${bed.role}`),
    ).toMatch(/can become patronus_\w+_up/);
  });

  it('refuses a column or a schema that no table has, and options that do not exist', async () => {
    const misspelt: object = { shema: 'x' };
    expect(await verdict('select 1', { column: 'tenantid' })).toMatch(
      /is not a column of any table/,
    );
    expect(await verdict('select 1', { schema: 'publik' })).toMatch(/is not a column of any table/);
    expect(await verdict('select 1', { ...misspelt })).toMatch(/Did you mean "schema"/);
  });
});

describe('assertTenantIsolation on PGlite', () => {
  it('refuses its only user, and accepts the role that transactions take', async () => {
    const { pglite, role, close } = await pgliteBed();
    await expect(assertTenantIsolation(pglite)).rejects.toThrow('bypasses row level security');
    await expect(assertTenantIsolation(pglite, { role })).resolves.toBeUndefined();
    await pglite.exec('alter table patients disable row level security');
    await expect(assertTenantIsolation(pglite, { role })).rejects.toThrow(
      'patients: has no row level security',
    );
    await close();
  });
});

function adminUrl(bed: PostgresBed): string {
  const url = new URL(databaseUrl() ?? '');
  url.pathname = `/${bed.role}`;
  return url.href;
}

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TenantContext } from '@patronus/nestjs';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import { AuditTrail } from '../../../apps/sample/src/audit/audit-trail.js';
import { PatientsRepository } from '../../../apps/sample/src/patients/patients.repository.js';
import { StaffRepository } from '../../../apps/sample/src/staff/staff.repository.js';
import { ClinicUnderTest, demoUser } from '../support/clinic-under-test.js';
import { DATABASES } from '../support/storage-under-test.js';

const TABLES = ['patients', 'appointments', 'staff', 'audit_entries'];

describe.each(DATABASES)('the rows of a clinic with %s', (database) => {
  let clinic: ClinicUnderTest;
  let tenant: TenantContext;
  let tenants: TenantDatabase;

  beforeAll(async () => {
    clinic = await ClinicUnderTest.start('Express', database);
    tenant = clinic.app.get(TenantContext, { strict: false });
    tenants = clinic.app.get(TenantDatabase, { strict: false });
  });

  afterAll(() => clinic.close());

  async function ask(user: string, method: string, path: string): Promise<number> {
    const token = await clinic.issuer.mint(demoUser(user));
    const headers = { Authorization: `Bearer ${token}` };
    return (await fetch(clinic.url + path, { method, headers })).status;
  }

  /** All rows, without policies. */
  function snapshot(): Promise<unknown> {
    return Promise.all(
      ['clinica-norte', 'clinica-sur'].map((id) =>
        tenant.run(id, () =>
          tenants.transaction(async (client) => {
            const tables = [];
            for (const table of TABLES) {
              tables.push((await client.query(`select * from ${table} order by position`)).rows);
            }
            return tables;
          }),
        ),
      ),
    );
  }

  it.each([
    ['doctor', 'GET', '/patients/dario-vega'],
    ['doctor-sur', 'GET', '/patients/ana-ruiz'],
    ['doctor-sur', 'POST', '/appointments/norte-1/cancel'],
    ['doctor', 'POST', '/appointments/sur-1/cancel'],
    ['tenant-admin', 'DELETE', '/staff/olga-rey'],
  ])('of another tenant are not there for the %s: %s %s', async (user, method, path) => {
    const before = await snapshot();
    expect(await ask(user, method, path)).toBe(404);
    expect(await snapshot()).toEqual(before);
  });

  it('are there for their own', async () => {
    expect(await ask('doctor-sur', 'GET', '/patients/dario-vega')).toBe(200);
    expect(await ask('doctor-sur', 'POST', '/appointments/sur-1/cancel')).toBe(200);
  });

  it('are not written for another tenant, regardless of the statement', async () => {
    const patients = clinic.app.get(PatientsRepository, { strict: false });
    const before = await snapshot();
    const patient = { name: 'Eva Sol', born: '1999-12-31' };
    await expect(
      tenant.run('clinica-norte', () => patients.add('clinica-sur', patient)),
    ).rejects.toThrow('new row violates row-level security policy for table "patients"');
    expect(await snapshot()).toEqual(before);
  });

  it('need a tenant: nothing is asked without one', async () => {
    const patients = clinic.app.get(PatientsRepository, { strict: false });
    await expect(patients.list()).rejects.toMatchObject({ code: 'tenant_required' });
  });

  it('come with their own tenant only, where a statement asks for all', async () => {
    const seen = await tenant.run('clinica-sur', () =>
      tenants.query<{ tenant_id: string }>('select distinct tenant_id from patients'),
    );
    expect(seen.rows).toEqual([{ tenant_id: 'clinica-sur' }]);
  });

  it.each(TABLES)(
    'of %s are nobody’s to read, change or remove without a tenant',
    async (table) => {
      const outside = (statement: string) =>
        tenant.run('clinica-norte', () =>
          tenants.transaction(async (client) => {
            await client.query("select set_config('app.tenant_id', '', true)");
            return (await client.query(statement)).rowCount;
          }),
        );
      expect(await outside(`select * from ${table}`)).toBe(0);
      if (table !== 'audit_entries') {
        expect(await outside(`update ${table} set id = id`)).toBe(0);
      }
      await expect(outside(`delete from ${table}`)).rejects.toThrow('permission denied');
      await expect(outside(`truncate ${table} cascade`)).rejects.toThrow('permission denied');
    },
  );

  it('are asked for as a role that row level security holds', async () => {
    const [role] = await tenant.run('clinica-norte', async () => {
      const query =
        'select current_user as name, rolsuper, rolbypassrls from pg_roles where rolname = current_user';
      return (await tenants.query(query)).rows;
    });
    expect(role).toEqual({ name: 'patronus_sample', rolsuper: false, rolbypassrls: false });
  });

  it('change together with the audit trail, or not at all', async () => {
    const trail = clinic.app.get(AuditTrail, { strict: false });
    const staff = clinic.app.get(StaffRepository, { strict: false });
    const record = jest.spyOn(trail, 'record').mockRejectedValueOnce(new Error('the disk is full'));
    expect(await ask('tenant-admin', 'DELETE', '/staff/ines-mora')).toBe(500);
    expect(record).toHaveBeenCalledTimes(1);
    const list = () => tenant.run('clinica-norte', () => staff.list());
    expect(await list()).toContainEqual(expect.objectContaining({ id: 'ines-mora', active: true }));
    expect(await ask('tenant-admin', 'DELETE', '/staff/ines-mora')).toBe(200);
    expect(await list()).toContainEqual(
      expect.objectContaining({ id: 'ines-mora', active: false }),
    );
  });
});

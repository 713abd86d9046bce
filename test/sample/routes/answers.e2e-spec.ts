import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLINICS, ClinicUnderTest, demoUser } from '../support/clinic-under-test.js';

describe.each(CLINICS)('the answers of the clinic on %s with %s', (adapter, database) => {
  let clinic: ClinicUnderTest;

  beforeAll(async () => {
    clinic = await ClinicUnderTest.start(adapter, database);
  });

  afterAll(() => clinic.close());

  async function ask(user: string | undefined, path: string, init: RequestInit = {}) {
    const token = user && (await clinic.issuer.mint(demoUser(user)));
    const response = await fetch(clinic.url + path, {
      ...init,
      headers: {
        ...(typeof init.body === 'string' && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
    });
    const body: unknown = await response.json();
    return { status: response.status, body };
  }

  it('is healthy', async () => {
    expect(await ask(undefined, '/health')).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it('greets by name, or a stranger', async () => {
    const stranger = await ask(undefined, '/greeting');
    const rosa = await ask('receptionist', '/greeting');
    expect(stranger.body).toEqual({ greeting: 'Hello, stranger.' });
    expect(rosa.body).toEqual({ greeting: 'Hello, Rosa Marín.' });
  });

  it('tells callers who they are', async () => {
    const doctor = await ask('doctor', '/me');
    const auditor = await ask('auditor', '/me');
    expect(doctor.body).toEqual({
      id: 'doctor',
      name: 'Diego Salas',
      email: 'doctor@clinic.example',
      tenant: 'clinica-norte',
      roles: ['doctor'],
      platformRoles: [],
    });
    expect(auditor.body).toMatchObject({ tenant: null, roles: [], platformRoles: ['auditor'] });
  });

  it('keeps the patients of the two clinics apart', async () => {
    const norte = await ask('doctor', '/patients');
    const sur = await ask('doctor-sur', '/patients');
    expect(norte.body).toEqual([
      { id: 'ana-ruiz', name: 'Ana Ruiz', born: '1984-02-29' },
      { id: 'bruno-diaz', name: 'Bruno Díaz', born: '1971-11-03' },
      { id: 'carla-nunez', name: 'Carla Núñez', born: '2015-06-18' },
    ]);
    expect(sur.body).toEqual([
      { id: 'dario-vega', name: 'Darío Vega', born: '1990-09-09' },
      { id: 'elsa-prieto', name: 'Elsa Prieto', born: '1958-01-25' },
    ]);
  });

  it('adds a patient to the clinic of the doctor, regardless of the body', async () => {
    const patient = { name: 'Mateo Gil', born: '2001-12-31' };
    const body = JSON.stringify({ ...patient, tenantId: 'clinica-norte', empresa_id: 'x' });
    const added = await ask('doctor-sur', '/patients', { method: 'POST', body });
    expect(added).toMatchObject({ status: 201, body: patient });
    const sur = await ask('doctor-sur', '/patients');
    const norte = await ask('doctor', '/patients');
    expect(sur.body).toContainEqual(expect.objectContaining(patient));
    expect(norte.body).not.toContainEqual(expect.objectContaining(patient));
  });

  it.each([
    [{ name: '', born: '2001-12-31' }],
    [{ name: 'Mateo Gil', born: '2001-02-30' }],
    [{ name: 'Mateo Gil', born: 'yesterday' }],
    [{ name: 'Mateo Gil', born: '0000-01-01' }],
    [{ name: 'Mateo\0Gil', born: '2001-12-31' }],
    [{ name: ['Mateo Gil'], born: '2001-12-31' }],
    [[]],
  ])('refuses the patient %j', async (patient) => {
    const init = { method: 'POST', body: JSON.stringify(patient) };
    expect(await ask('doctor', '/patients', init)).toMatchObject({ status: 400 });
  });

  it.each(['%00', "x'%20or%20'1'='1", 'Ana-Ruiz', '%F0%9F%A6%8A', 'x'.repeat(65)])(
    'knows no patient with the id %s',
    async (id) => {
      expect(await ask('doctor', `/patients/${id}`)).toMatchObject({ status: 404 });
    },
  );

  it('writes what was done into the audit trail, for the platform', async () => {
    const removed = await ask('tenant-admin', '/staff/ines-mora', { method: 'DELETE' });
    expect(removed.body).toEqual({ id: 'ines-mora', name: 'Inés Mora', active: false });
    const audit = await ask('auditor', '/audit');
    expect(audit.body).toMatchObject([
      {
        tenantId: 'clinica-norte',
        action: 'staff.remove',
        subject: 'ines-mora',
        by: 'tenant-admin',
      },
    ]);
  });

  it('hands out a token for each demo user', async () => {
    const tokens = await ask(undefined, '/demo/tokens');
    const token = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(tokens.body).toEqual([
      { user: 'receptionist', tenant: 'clinica-norte', roles: ['receptionist'], token },
      { user: 'doctor', tenant: 'clinica-norte', roles: ['doctor'], token },
      { user: 'tenant-admin', tenant: 'clinica-norte', roles: ['tenant-admin'], token },
      { user: 'doctor-sur', tenant: 'clinica-sur', roles: ['doctor'], token },
      { user: 'auditor', tenant: null, roles: ['auditor'], token },
      { user: 'no-tenant', tenant: null, roles: ['receptionist'], token },
    ]);
  });
});

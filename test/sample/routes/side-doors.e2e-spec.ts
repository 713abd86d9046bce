import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PatientsRepository } from '../../../apps/sample/src/patients/patients.repository.js';
import { StaffRepository } from '../../../apps/sample/src/staff/staff.repository.js';
import { ADAPTERS, ClinicUnderTest, demoUser } from '../support/clinic-under-test.js';
import { send } from '../support/raw-request.js';

type Headers = Readonly<Record<string, string>>;
type Door = readonly [
  method: string,
  path: string,
  express: number,
  fastify: number,
  headers?: Headers,
];

const OVERRIDE = { 'X-HTTP-Method-Override': 'DELETE' };
const REWRITE = { 'X-Original-URL': '/patients', 'X-Rewrite-URL': '/patients' };
const CLAIMED = { 'X-Forwarded-User': 'doctor', 'X-Empresa-Id': 'clinica-norte' };

const DOORS: readonly Door[] = [
  ['GET', '//patients', 404, 404],
  ['GET', '///patients', 404, 404],
  ['GET', '/PATIENTS', 401, 404],
  ['GET', '/Patients', 401, 404],
  ['GET', '/patients/', 401, 404],
  ['GET', '/patients//', 404, 404],
  ['GET', '/patients/ana-ruiz/', 401, 404],
  ['GET', '/patients/./ana-ruiz', 404, 404],
  ['GET', '/health/../patients', 404, 404],
  ['GET', '/health/%2e%2e/patients', 404, 404],
  ['GET', '/health%2F..%2Fpatients', 404, 404],
  ['GET', '/%70atients', 404, 401],
  ['GET', '/patients%2Fana-ruiz', 404, 404],
  ['GET', '/patients%2fana-ruiz', 404, 404],
  ['GET', '/patients/%2e', 401, 401],
  ['GET', '/patients%00', 404, 404],
  ['GET', '/patients;a=b', 404, 404],
  ['GET', String.raw`/\patients`, 404, 404],
  ['GET', 'http://other.example/patients', 401, 401],
  ['HEAD', '/patients', 401, 401],
  ['HEAD', '/patients/ana-ruiz', 401, 401],
  ['OPTIONS', '/patients', 404, 404],
  ['TRACE', '/patients', 404, 404],
  ['PUT', '/patients', 404, 404],
  ['PROPFIND', '/patients', 404, 404],
  ['GET', '/patients?_method=POST', 401, 401],
  ['POST', '/health', 404, 404, OVERRIDE],
  ['GET', '/staff', 401, 401, OVERRIDE],
  ['GET', '/staff/ines-mora', 404, 404, OVERRIDE],
  ['POST', '/staff/ines-mora', 404, 404, OVERRIDE],
  ['POST', '/staff/ines-mora?_method=DELETE', 404, 404],
  ['GET', '/health', 200, 200, REWRITE],
  ['GET', '/patients', 401, 401, CLAIMED],
];

describe.each(ADAPTERS)('side doors of the clinic on %s', (adapter) => {
  let clinic: ClinicUnderTest;
  const reached = jest.fn();

  beforeAll(async () => {
    clinic = await ClinicUnderTest.start(adapter);
    const patients = clinic.app.get(PatientsRepository, { strict: false });
    const staff = clinic.app.get(StaffRepository, { strict: false });
    for (const method of ['list', 'find', 'add'] as const) watch(patients, method);
    for (const method of ['list', 'deactivate'] as const) watch(staff, method);
  });

  beforeEach(() => {
    reached.mockClear();
  });

  afterAll(() => clinic.close());

  function watch<T extends object>(target: T, method: keyof T): void {
    Object.defineProperty(target, method, {
      value: async () => {
        reached();
        return [];
      },
    });
  }

  it.each(DOORS)('%s %s opens nothing without a token', async (...door) => {
    const [method, path, express, fastify, headers = {}] = door;
    const { status, text } = await send({ port: clinic.port, method, path, headers });
    expect(reached).not.toHaveBeenCalled();
    expect(status).toBe(adapter === 'Express' ? express : fastify);
    expect(text).not.toContain('Ana Ruiz');
  });

  it.each(['GET', 'POST', 'PUT'])('%s is never overridden, with a token either', async (method) => {
    const token = await clinic.issuer.mint(demoUser('tenant-admin'));
    const headers = { ...OVERRIDE, Authorization: `Bearer ${token}` };
    const path = '/staff/ines-mora?_method=DELETE';
    const { status } = await send({ port: clinic.port, method, path, headers });
    expect(status).toBe(404);
    expect(reached).not.toHaveBeenCalled();
  });

  it('lets the watched handlers be reached with a token', async () => {
    const token = await clinic.issuer.mint(demoUser('receptionist'));
    const headers = { Authorization: `Bearer ${token}` };
    await send({ port: clinic.port, path: '/patients', headers });
    expect(reached).toHaveBeenCalledTimes(1);
  });
});

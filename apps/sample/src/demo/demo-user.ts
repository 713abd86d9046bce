/** A user of the demo. */
export interface DemoUser {
  readonly user: string;
  readonly name: string;
  readonly tenant: string | null;
  readonly roles: readonly string[];
  readonly platformRoles: readonly string[];
}

export const DEMO_USERS: readonly DemoUser[] = [
  {
    user: 'receptionist',
    name: 'Rosa Marín',
    tenant: 'clinica-norte',
    roles: ['receptionist'],
    platformRoles: [],
  },
  {
    user: 'doctor',
    name: 'Diego Salas',
    tenant: 'clinica-norte',
    roles: ['doctor'],
    platformRoles: [],
  },
  {
    user: 'tenant-admin',
    name: 'Teo Lozano',
    tenant: 'clinica-norte',
    roles: ['tenant-admin'],
    platformRoles: [],
  },
  {
    user: 'doctor-sur',
    name: 'Olga Rey',
    tenant: 'clinica-sur',
    roles: ['doctor'],
    platformRoles: [],
  },
  {
    user: 'auditor',
    name: 'Alma Ferrer',
    tenant: null,
    roles: [],
    platformRoles: ['auditor'],
  },
  {
    user: 'no-tenant',
    name: 'Nico Vidal',
    tenant: null,
    roles: ['receptionist'],
    platformRoles: [],
  },
];

import { describe, expect, it } from '@jest/globals';
import { RoleGraph } from './role-graph.js';

const graph = (roles: unknown): RoleGraph => new RoleGraph(roles, 'permissions.roles');
const failing = (roles: unknown) => () => graph(roles);

describe('RoleGraph', () => {
  const clinic = graph({
    receptionist: ['patients.read'],
    nurse: { inherits: ['receptionist'], permissions: ['vitals.*'] },
    doctor: { inherits: ['nurse', 'receptionist'], permissions: ['patients.*'] },
    guest: {},
  });

  it('flattens what a role inherits, through every level', () => {
    expect(clinic.find('doctor')).toMatchObject({
      permissions: new Set(['patients.*', 'vitals.*', 'patients.read']),
      includes: new Set(['doctor', 'nurse', 'receptionist']),
    });
    expect(clinic.find('guest')).toMatchObject({
      permissions: new Set(),
      includes: new Set(['guest']),
    });
  });

  it('gives a role nothing of those that inherit it', () => {
    expect(clinic.find('receptionist')).toMatchObject({
      permissions: new Set(['patients.read']),
      includes: new Set(['receptionist']),
    });
  });

  it('flattens a thousand diamonds without walking each path', () => {
    const diamonds = Array.from({ length: 1000 }, (_, at): [string, unknown] => [
      `role${at}`,
      { inherits: at === 0 ? [] : [`role${at - 1}`, `role${at - 1}`], permissions: [`p${at}`] },
    ]);
    expect(graph(Object.fromEntries(diamonds)).find('role999')?.permissions.size).toBe(1000);
  });

  it.each(['__proto__', 'constructor', 'toString', 'unknown', ''])('knows no role %j', (name) => {
    expect(clinic.find(name)).toBeUndefined();
  });

  it('takes names of Object.prototype as any other name', () => {
    const odd: unknown = JSON.parse(
      '{"__proto__": ["a"], "constructor": {"inherits": ["__proto__"], "permissions": ["__proto__.*"]}}',
    );
    expect(graph(odd).find('constructor')).toMatchObject({
      permissions: new Set(['__proto__.*', 'a']),
      includes: new Set(['constructor', '__proto__']),
    });
  });

  it.each([
    [
      { recepcionist: [], doctor: { inherits: ['receptionist'] } },
      'permissions.roles.doctor.inherits: there is no role "receptionist". Did you mean "recepcionist"?',
    ],
    [
      { doctor: { inherits: ['janitor'] } },
      'permissions.roles.doctor.inherits: there is no role "janitor". Define it in permissions.roles.',
    ],
    [
      { doctor: { inherits: ['constructor'] } },
      'permissions.roles.doctor.inherits: there is no role "constructor".',
    ],
    [
      { x: { inherits: ['a'] }, a: { inherits: ['b'] }, b: { inherits: ['a'] } },
      'permissions.roles.a.inherits: the roles inherit each other in a circle: a → b → a.',
    ],
    [{ a: { inherits: ['a'] } }, 'in a circle: a → a.'],
    [{ doctor: ['patients.*.read'] }, 'permissions.roles.doctor[0]: "patients.*.read" is not a'],
    [
      { doctor: { permissions: ['ok', '*.read'] } },
      'permissions.roles.doctor.permissions[1]: "*.read" is not a permission pattern.',
    ],
    [
      { doctor: { permissions: 'patients.*' } },
      'permissions.roles.doctor.permissions: this is not a',
    ],
    [{ doctor: { inherits: 'nurse' } }, 'permissions.roles.doctor.inherits: this is not a list.'],
    [
      { doctor: { inherits: [7] } },
      'permissions.roles.doctor.inherits: 7 is not the name of a role.',
    ],
    [{ doctor: { permission: ['a'] } }, 'permissions.roles.doctor.permission'],
    [
      { doctor: 'patients.*' },
      "permissions.roles.doctor: this is not a list. Write a list of permissions: ['patients.*'].",
    ],
    [{ doctor: null }, 'permissions.roles.doctor: this is not an object.'],
    [[], 'permissions.roles: this is not an object.'],
  ])('refuses %j', (roles, message) => {
    expect(failing(roles)).toThrow(message);
    expect(failing(roles)).toThrow(expect.objectContaining({ name: 'PatronusConfigurationError' }));
  });
});

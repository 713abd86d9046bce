import { Identity, PatronusModule, PermissionsGuard, RequirePermissions } from '@patronus/nestjs';
import { AbilityBuilder, createMongoAbility } from '../../peers/library/casl.mjs';
import { strangers } from '../servers/identity-providers.mjs';
import { createApp } from '../servers/nest-app.mjs';
import { roleMap } from '../servers/role-map.mjs';
import { patientsController } from '../servers/route.mjs';
import { Call } from './call.mjs';
import { timeAll } from './clock.mjs';
import { compilePermission, PermissionPolicy } from './rooms.mjs';

const SIZES = [1, 10, 1000];
const Patients = patientsController([RequirePermissions('patients.read')]);
const RECEPTIONIST = new Identity({
  id: 'user-1',
  issuer: 'https://issuer.example',
  provider: 'bench',
  roles: ['receptionist'],
  expiresAt: Math.ceil(Date.now() / 1000) + 3600,
});

/** The permissions guard for a known caller, beside CASL's answer to the same question. */
export async function timePermissions(rounds) {
  const apps = [];
  const subjects = {};
  for (const size of SIZES) {
    const { app, check } = await guardFor(roleMap(size));
    apps.push(app);
    subjects[`the guard: ${size}, five levels deep`] = check;
    subjects[`the matcher alone: ${size}`] = matcherCheck(roleMap(size));
    subjects[`CASL's ability.can alone: ${size}`] = caslCheck(size);
  }
  const wild = await guardFor({ receptionist: ['patients.*'] });
  subjects['the guard: wildcard patients.*'] = wild.check;
  const all = await guardFor({ receptionist: ['*'] });
  subjects['the guard: wildcard *'] = all.check;
  apps.push(wild.app, all.app);
  const times = await knownCaller().run(() => timeAll(subjects, rounds));
  await Promise.all(apps.map((app) => app.close()));
  return times;
}

async function guardFor(roles) {
  const imports = [
    PatronusModule.forRoot({ identityProvider: strangers(1)[0], permissions: { roles } }),
  ];
  const app = await createApp({ imports, controllers: [Patients] }, 'express');
  await app.init();
  const guard = app.get(PermissionsGuard);
  const call = knownCaller();
  if (!(await call.run(async () => guard.canActivate(call.context)))) throw new Error('Denied.');
  return { app, check: () => guard.canActivate(call.context) };
}

function knownCaller() {
  const call = new Call({}, Patients, 'list');
  call.scope.identity = RECEPTIONIST;
  return call;
}

function matcherCheck(roles) {
  const { tenant } = new PermissionPolicy({ roles }).compile({ roles: RECEPTIONIST.roles });
  const required = compilePermission('patients.read');
  return () => tenant.has(required);
}

function caslCheck(size) {
  const { can, build } = new AbilityBuilder(createMongoAbility);
  for (let index = 0; index < size - 1; index++) can('read', `area-${index}.record`);
  can('read', 'patients');
  const ability = build();
  return () => ability.can('read', 'patients');
}

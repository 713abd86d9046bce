import {
  AuthGuard,
  IdentityCache,
  IdentityProvider,
  RequirePermissions,
  TenantContext,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { start } from '../contenders/patronus.mjs';
import { Credentials } from '../credentials.mjs';
import { Call } from './call.mjs';
import { timeAll } from './clock.mjs';
import { jsonwebtoken } from './jsonwebtoken.mjs';
import { hotLimits, nothing, rawVerification } from './limits.mjs';
import { Authenticator, runInScope } from './rooms.mjs';
import { patientsController } from '../servers/route.mjs';

/** The guard with a token that was seen before, beside what it cannot do without. */
export async function timeHot(rounds) {
  const credentials = await Credentials.create();
  const headers = await credentials.headers();
  const { app } = await start({ ...credentials.settings(), adapter: 'express' });
  await app.init();
  const guard = app.get(AuthGuard);
  const tenant = app.get(TenantContext);
  const call = callOf(headers);
  call.scope.authenticate = (request) => app.get(Authenticator).authenticate(request);
  const token = headers.authorization.slice('Bearer '.length);
  await app
    .get(IdentityCache)
    .resolve(token, () => app.get(IdentityProvider).authenticate({ scheme: 'bearer', token }));
  const times = await call.run(async () =>
    timeAll(
      {
        ...hotLimits(token),
        'hot authentication': () => {
          call.reset();
          return guard.canActivate(call.context);
        },
        'tenant context: id': () => tenant.id,
        'tenant context: open': () => runInScope(call.scope, nothing),
      },
      rounds,
    ),
  );
  await app.close();
  await credentials.stop();
  return times;
}

/** A token that was never seen, beside the signature operation that it cannot do without. */
export async function timeCold(algorithm, rounds) {
  const credentials = await Credentials.create(algorithm);
  const { issuer, audience } = credentials.settings();
  const provider = oidc({ issuer, audience, algorithms: [algorithm] });
  const token = await credentials.token();
  const credential = { scheme: 'bearer', token };
  await provider.authenticate(credential);
  const times = await timeAll(
    {
      'the raw operation': rawVerification(credentials.issuer.key, token),
      ...jsonwebtoken(credentials.issuer.key, token, { issuer, audience }),
      Patronus: () => provider.authenticate(credential),
    },
    rounds,
  );
  await credentials.stop();
  return times;
}

function callOf(headers) {
  const controller = patientsController([RequirePermissions('patients.read')]);
  return new Call(headers, controller, 'list');
}

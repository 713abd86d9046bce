import { AsyncLocalStorage } from 'node:async_hooks';
import { hash } from 'node:crypto';
import { ForbiddenException, UnauthorizedException, UseGuards } from '@nestjs/common';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { createApp } from '../servers/nest-app.mjs';
import { patientsController } from '../servers/route.mjs';

/**
 * The least that two guards can do by hand: a hash, a map, `AsyncLocalStorage.run`. No bound on the
 * map, no expiry, no check of repeated headers: a limit to compare with, not a library to use.
 */
export async function start({ adapter, issuer, jwksUri, audience }) {
  const store = new AsyncLocalStorage();
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const seen = new Map();
  const permissionsOf = { receptionist: new Set(['patients.read']) };

  class KnowsCaller {
    canActivate(context) {
      const request = context.switchToHttp().getRequest();
      const token = request.headers.authorization?.slice(7) ?? '';
      const key = hash('sha256', token, 'base64');
      const claims = seen.get(key);
      if (claims !== undefined) return admit(claims);
      return jwtVerify(token, keys, { issuer, audience }).then(
        ({ payload }) => {
          seen.set(key, payload);
          return admit(payload);
        },
        () => {
          throw new UnauthorizedException();
        },
      );
    }
  }

  class MayRead {
    canActivate() {
      const { claims } = store.getStore();
      if (claims.roles.some((role) => permissionsOf[role]?.has('patients.read'))) return true;
      throw new ForbiddenException();
    }
  }

  function admit(claims) {
    store.getStore().claims = claims;
    return true;
  }

  const app = await createApp(
    { controllers: [patientsController([UseGuards(new KnowsCaller(), new MayRead())])] },
    adapter,
  );
  if (adapter === 'express') app.use((_request, _response, next) => store.run({}, next));
  else
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('preHandler', (_request, _reply, done) => store.run({}, done));
  return { app };
}

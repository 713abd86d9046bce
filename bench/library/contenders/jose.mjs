import { ForbiddenException, UnauthorizedException, UseGuards } from '@nestjs/common';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { createApp } from '../servers/nest-app.mjs';
import { patientsController } from '../servers/route.mjs';

/** A guard by hand, as jose's documentation has it: each request is verified. */
export async function start({ adapter, issuer, jwksUri, audience }) {
  const keys = createRemoteJWKSet(new URL(jwksUri));

  class JoseGuard {
    async canActivate(context) {
      const request = context.switchToHttp().getRequest();
      const [scheme, token] = request.headers.authorization?.split(' ') ?? [];
      if (scheme !== 'Bearer') throw new UnauthorizedException();
      const verified = await jwtVerify(token, keys, { issuer, audience }).catch(() => {
        throw new UnauthorizedException();
      });
      request.user = verified.payload;
      if (verified.payload.roles.includes('receptionist')) return true;
      throw new ForbiddenException();
    }
  }

  return {
    app: await createApp(
      { controllers: [patientsController([UseGuards(new JoseGuard())])] },
      adapter,
    ),
  };
}

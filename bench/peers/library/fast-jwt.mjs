import { ForbiddenException, UnauthorizedException, UseGuards } from '@nestjs/common';
import { createVerifier } from 'fast-jwt';
import { createApp } from '../../library/servers/nest-app.mjs';
import { patientsController } from '../../library/servers/route.mjs';

/** A guard by hand on fast-jwt, with its cache of verified tokens. */
export async function start({ adapter, issuer, publicKey, audience }) {
  const verify = createVerifier({
    key: publicKey,
    algorithms: ['RS256'],
    allowedIss: issuer,
    allowedAud: audience,
    cache: 10_000,
  });

  class FastJwtGuard {
    canActivate(context) {
      const request = context.switchToHttp().getRequest();
      const [scheme, token] = request.headers.authorization?.split(' ') ?? [];
      if (scheme !== 'Bearer') throw new UnauthorizedException();
      try {
        request.user = verify(token);
      } catch {
        throw new UnauthorizedException();
      }
      if (request.user.roles.includes('receptionist')) return true;
      throw new ForbiddenException();
    }
  }

  return {
    app: await createApp(
      { controllers: [patientsController([UseGuards(new FastJwtGuard())])] },
      adapter,
    ),
  };
}

import { SetMetadata, UseGuards } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { passportJwtSecret } from 'jwks-rsa';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { createApp } from '../../library/servers/nest-app.mjs';
import { patientsController } from '../../library/servers/route.mjs';

/** Nest's documented recipe: passport-jwt with jwks-rsa, and a guard that compares roles. */
export async function start({ adapter, issuer, jwksUri, audience }) {
  class JwtStrategy extends PassportStrategy(Strategy) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: passportJwtSecret({
          cache: true,
          rateLimit: true,
          jwksRequestsPerMinute: 5,
          jwksUri,
        }),
        audience,
        issuer,
        algorithms: ['RS256'],
      });
    }

    validate(payload) {
      return { id: payload.sub, tenantId: payload.empresa_id, roles: payload.roles };
    }
  }

  class RolesGuard {
    reflector = new Reflector();

    canActivate(context) {
      const required = this.reflector.getAllAndOverride('roles', [
        context.getHandler(),
        context.getClass(),
      ]);
      const { user } = context.switchToHttp().getRequest();
      return required.some((role) => user.roles.includes(role));
    }
  }

  const guards = UseGuards(AuthGuard('jwt'), new RolesGuard());
  const roles = SetMetadata('roles', ['receptionist']);
  return {
    app: await createApp(
      {
        imports: [PassportModule],
        controllers: [patientsController([guards, roles])],
        providers: [JwtStrategy],
      },
      adapter,
    ),
  };
}

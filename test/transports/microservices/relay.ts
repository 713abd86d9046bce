import {
  Controller,
  Get,
  type INestApplication,
  type INestMicroservice,
  Module,
  type ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ClientProxy, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import {
  CurrentUser,
  type Identity,
  InMemoryRevocations,
  OptionalAuth,
  PatronusModule,
  TenantContext,
  TenantOptional,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { catchError, firstValueFrom, map, type Observable, of } from 'rxjs';
import { microservices } from '@patronus/nestjs/microservices';

/**
 * Returns the options of every service of a relay: tokens of one issuer, for tenants that the
 * request chooses.
 */
export function guardedBy(issuer: string, revocations = new InMemoryRevocations()) {
  return PatronusModule.forRoot({
    identityProvider: oidc({ issuer, audience: 'test' }),
    tenancy: { header: 'x-empresa-id', memberships: { claim: 'empresas' } },
    credentials: { cookie: { name: 'session' } },
    revocations,
    transports: [microservices()],
  });
}

/** Last service, which returns its caller and the tenant. */
export function lastService(patterns: { ask: string; tell: string }, heard: unknown[]) {
  @Controller()
  class LastController {
    constructor(readonly tenant: TenantContext) {}

    @MessagePattern(patterns.ask)
    ask(@Payload() payload: unknown, @CurrentUser() user: Identity) {
      return { payload, user: user.id, tenant: this.tenant.id };
    }

    @EventPattern<unknown>(patterns.tell)
    tell(@Payload() _payload: unknown, @CurrentUser() user: Identity) {
      heard.push({ user: user.id, tenant: this.tenant.id });
    }
  }
  return LastController;
}

/** Service in between, which asks the last one for its caller. */
export function middleService(patterns: { relay: string; ask: string }, last: ClientProxy) {
  @Controller()
  class MiddleController {
    @MessagePattern(patterns.relay)
    relay(payload: unknown): Observable<unknown> {
      return last
        .send<unknown>(patterns.ask, payload)
        .pipe(catchError((error: unknown) => of({ refused: error })));
    }
  }
  return MiddleController;
}

/** Service at the edge, on HTTP. */
export function firstService(
  patterns: { relay: string; ask: string; tell: string },
  { middle, last }: { middle: ClientProxy; last: ClientProxy },
) {
  @Controller()
  class FirstController {
    constructor(readonly tenant: TenantContext) {}

    @Get('relay') relay() {
      return middle.send<object>(patterns.relay, {});
    }

    /**
     * Code after `send` runs in its caller's tenant, regardless of the caller that opened the
     * connection.
     */
    @Get('after') after() {
      return last
        .send<object>(patterns.ask, {})
        .pipe(map((answer) => ({ ...answer, after: this.tenant.id })));
    }

    @Get('tell') tell() {
      last.emit(patterns.tell, {});
    }

    @Get('anonymous') @OptionalAuth() @TenantOptional() async anonymous() {
      return firstValueFrom(last.send<object>(patterns.ask, {}));
    }
  }
  return FirstController;
}

/** Starts a service with one controller, behind a broker or on HTTP. */
export function moduleOf(
  guard: ReturnType<typeof guardedBy>,
  ...controllers: NonNullable<ModuleMetadata['controllers']>
) {
  @Module({ imports: [guard], controllers })
  class ServiceModule {}
  return ServiceModule;
}

export async function startHttp(module: ReturnType<typeof moduleOf>): Promise<INestApplication> {
  const app = await NestFactory.create(module, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

export async function startService(
  module: ReturnType<typeof moduleOf>,
  options: object,
): Promise<INestMicroservice> {
  const app = await NestFactory.createMicroservice(module, { ...options, logger: false });
  await app.listen();
  return app;
}

import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Global,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
  type Provider,
  Scope,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, ApplicationConfig, ModuleRef } from '@nestjs/core';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import {
  AuthGuard,
  type HandlerCoverage,
  PermissionsGuard,
  RequirePermissions,
} from '@patronus/nestjs';

@Injectable()
class OwnAuthGuard extends AuthGuard {}

@Injectable({ scope: Scope.REQUEST })
class AuthGuardOfRequest extends AuthGuard {}

@Injectable({ scope: Scope.REQUEST })
class PermissionsGuardOfRequest extends PermissionsGuard {}

/** Guard of another Passport strategy, whose caller Patronus does not know. */
class BasicGuard extends PassportGuard('basic') {
  override canActivate() {
    return true;
  }
}

class Open implements CanActivate {
  canActivate(_context: ExecutionContext) {
    return true;
  }
}

/** Requires a permission that no token here has. */
export function guarded(...guards: (Type<CanActivate> | CanActivate)[]): Type<object> {
  @Controller()
  class GuardedController {
    @Get('handler') @RequirePermissions('notes.write') @UseGuards(...guards) handler() {}
  }
  return GuardedController;
}

@Controller()
@UseGuards(AuthGuard)
class InTwoPlacesController {
  @Get('handler') @RequirePermissions('notes.write') @UseGuards(PermissionsGuard) handler() {}
}

class InheritingController extends InTwoPlacesController {}
Controller()(InheritingController);

export const bare = guarded();

const app = (...providers: Provider[]): ModuleMetadata => ({ providers, controllers: [bare] });

export const BOTH = ['AuthGuard', 'PermissionsGuard'];

/** Creates a global module that adds both guards in one of the hooks of Nest. */
function addingIn(hook: 'configure' | 'onModuleInit'): Type<object> {
  @Global()
  @Module({})
  class AddingModule {
    constructor(config: ApplicationConfig, modules: ModuleRef) {
      const find = (guard: Type<CanActivate>) => modules.get(guard, { strict: false });
      const add = () => config.useGlobalGuards(find(AuthGuard), find(PermissionsGuard));
      Object.assign(this, { [hook]: add });
    }
  }
  return AddingModule;
}

export interface Arrangement {
  readonly metadata: ModuleMetadata;
  readonly prepare?: (app: INestApplication) => unknown;
  readonly expected: Pick<HandlerCoverage, 'enforces' | 'guards' | 'missingGuards'>;
}

export const of = (controller: Type<object>): ModuleMetadata => ({ controllers: [controller] });

/** Arrangements with `guards: 'manual'`. The reading must match the behaviour. */
export const ARRANGEMENTS: Readonly<Record<string, Arrangement>> = {
  'no guard': {
    metadata: of(bare),
    expected: { enforces: 'nothing', guards: [], missingGuards: ['AuthGuard', 'PermissionsGuard'] },
  },
  'a guard of its own': {
    metadata: of(guarded(Open)),
    expected: {
      enforces: 'nothing',
      guards: ['Open'],
      missingGuards: ['AuthGuard', 'PermissionsGuard'],
    },
  },
  'AuthGuard alone': {
    metadata: of(guarded(AuthGuard)),
    expected: { enforces: 'caller', guards: ['AuthGuard'], missingGuards: ['PermissionsGuard'] },
  },
  'PermissionsGuard alone': {
    metadata: of(guarded(PermissionsGuard)),
    expected: { enforces: 'refusal', guards: ['PermissionsGuard'], missingGuards: ['AuthGuard'] },
  },
  'both in the wrong order': {
    metadata: of(guarded(PermissionsGuard, AuthGuard)),
    expected: {
      enforces: 'refusal',
      guards: ['PermissionsGuard', 'AuthGuard'],
      missingGuards: ['AuthGuard'],
    },
  },
  'another strategy of Passport': {
    metadata: of(guarded(BasicGuard, PermissionsGuard)),
    expected: {
      enforces: 'refusal',
      guards: ['BasicGuard', 'PermissionsGuard'],
      missingGuards: ['AuthGuard'],
    },
  },
  both: {
    metadata: of(guarded(AuthGuard, PermissionsGuard)),
    expected: { enforces: 'rule', guards: BOTH, missingGuards: [] },
  },
  'one on the class, one on the handler': {
    metadata: of(InTwoPlacesController),
    expected: { enforces: 'rule', guards: BOTH, missingGuards: [] },
  },
  'both, inherited': {
    metadata: of(InheritingController),
    expected: { enforces: 'rule', guards: BOTH, missingGuards: [] },
  },
  'a class that extends AuthGuard': {
    metadata: of(guarded(OwnAuthGuard, PermissionsGuard)),
    expected: { enforces: 'rule', guards: ['OwnAuthGuard', 'PermissionsGuard'], missingGuards: [] },
  },
  "AuthGuard('patronus') of Passport": {
    metadata: of(guarded(PassportGuard('patronus'), PermissionsGuard)),
    expected: {
      enforces: 'rule',
      guards: ["AuthGuard('patronus')", 'PermissionsGuard'],
      missingGuards: [],
    },
  },
  'an instance of it': {
    metadata: of(guarded(new (PassportGuard('patronus'))(), PermissionsGuard)),
    expected: {
      enforces: 'rule',
      guards: ["AuthGuard('patronus')", 'PermissionsGuard'],
      missingGuards: [],
    },
  },
  'APP_GUARD with useExisting': {
    metadata: app(
      { provide: APP_GUARD, useExisting: AuthGuard },
      { provide: APP_GUARD, useExisting: PermissionsGuard },
    ),
    expected: { enforces: 'rule', guards: BOTH, missingGuards: [] },
  },
  'APP_GUARD with useClass': {
    metadata: app(
      { provide: APP_GUARD, useClass: OwnAuthGuard },
      { provide: APP_GUARD, useClass: PermissionsGuard },
    ),
    expected: { enforces: 'rule', guards: ['OwnAuthGuard', 'PermissionsGuard'], missingGuards: [] },
  },
  'APP_GUARD with useFactory': {
    metadata: app(
      { provide: APP_GUARD, inject: [AuthGuard], useFactory: (guard: AuthGuard) => guard },
      { provide: APP_GUARD, inject: [PermissionsGuard], useFactory: (guard: object) => guard },
    ),
    expected: { enforces: 'rule', guards: BOTH, missingGuards: [] },
  },
  'APP_GUARD made for each request': {
    metadata: app({ provide: APP_GUARD, useClass: AuthGuardOfRequest }, PermissionsGuardOfRequest, {
      provide: APP_GUARD,
      useExisting: PermissionsGuardOfRequest,
    }),
    expected: {
      enforces: 'rule',
      guards: ['AuthGuardOfRequest', 'PermissionsGuardOfRequest'],
      missingGuards: [],
    },
  },
  'APP_GUARD in the wrong order': {
    metadata: app(
      { provide: APP_GUARD, useExisting: PermissionsGuard },
      { provide: APP_GUARD, useExisting: AuthGuard },
    ),
    expected: {
      enforces: 'refusal',
      guards: ['PermissionsGuard', 'AuthGuard'],
      missingGuards: ['AuthGuard'],
    },
  },
  useGlobalGuards: {
    metadata: of(bare),
    prepare: (made) => made.useGlobalGuards(made.get(AuthGuard), made.get(PermissionsGuard)),
    expected: { enforces: 'rule', guards: BOTH, missingGuards: [] },
  },
  'useGlobalGuards after the routes were bound': {
    metadata: of(bare),
    prepare: async (made) =>
      (await made.init()).useGlobalGuards(made.get(AuthGuard), made.get(PermissionsGuard)),
    expected: { enforces: 'nothing', guards: [], missingGuards: ['AuthGuard', 'PermissionsGuard'] },
  },
  'useGlobalGuards in configure() of a module': {
    metadata: { ...of(bare), imports: [addingIn('configure')] },
    expected: { enforces: 'rule', guards: BOTH, missingGuards: [] },
  },
  'useGlobalGuards in onModuleInit() of a module': {
    metadata: { ...of(bare), imports: [addingIn('onModuleInit')] },
    expected: { enforces: 'nothing', guards: [], missingGuards: ['AuthGuard', 'PermissionsGuard'] },
  },
  'useGlobalGuards before the guards of the class': {
    metadata: of(guarded(PermissionsGuard)),
    prepare: (made) => made.useGlobalGuards(made.get(AuthGuard)),
    expected: { enforces: 'rule', guards: BOTH, missingGuards: [] },
  },
};

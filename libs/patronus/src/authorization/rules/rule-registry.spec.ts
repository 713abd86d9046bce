import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  OptionalAuth,
  Public,
  RequireAny,
  RequireAnyPermission,
  RequireAnyPlatformPermission,
  RequireAnyPlatformRole,
  RequireAnyRole,
  RequirePermissions,
  RequirePlatformPermissions,
  RequirePlatformRoles,
  RequireRoles,
  RequireScopes,
  TenantOptional,
} from '../decorators.js';
import type { Requirement } from './requirement.js';
import { anyOf, permissions, platformRoles, roles, scopes } from './requirements.js';
import { routeMark } from './route-mark.js';
import type { RouteRule } from './route-rule.js';
import { HandlerExplorer } from '../../transport/handler-explorer.js';
import { RuleRegistry } from './rule-registry.js';

const registry = Reflect.construct(RuleRegistry, []);

function ruleOf(controller: Function, name: string): RouteRule {
  const handler: unknown = controller.prototype[name];
  if (typeof handler !== 'function') throw new Error(`there is no ${name}`);
  return registry.ruleOf(controller, handler);
}

function words(requirement: Requirement): string {
  if (requirement.kind === 'any-of') {
    return `any of (${requirement.alternatives.map(words).join(' | ')})`;
  }
  const asked = 'match' in requirement ? requirement : undefined;
  const names =
    'permissions' in requirement
      ? requirement.permissions.map(({ name }) => name)
      : 'roles' in requirement
        ? requirement.roles
        : 'scopes' in requirement
          ? requirement.scopes
          : [];
  return [
    ...(asked?.match === 'any' ? ['any'] : []),
    ...(asked?.authority === 'platform' ? ['platform'] : []),
    requirement.kind,
    names.join(','),
  ].join(' ');
}

function rule(controller: Function, name: string): string {
  const { access, requirements, tenantOptional } = ruleOf(controller, name);
  return [access, ...(tenantOptional ? ['tenant-optional'] : []), ...requirements.map(words)].join(
    '; ',
  );
}

describe('the rule of a route', () => {
  class Plain {
    bare() {}
    @Public() open() {}
    @OptionalAuth() maybe() {}
    @TenantOptional() lobby() {}
    @Public() @TenantOptional() openLobby() {}
    @OptionalAuth() @RequireRoles('doctor') both() {}
    @RequirePermissions('a', 'b.c')
    @RequireAnyPermission('d', 'e')
    @RequirePlatformPermissions('f')
    @RequireRoles('g', 'Front desk')
    @RequireScopes('h:i', 'j')
    all() {}
    @RequirePermissions('a') @RequirePermissions('b') twice() {}
    @RequireAnyRole('a', 'b')
    @RequirePlatformRoles('c', 'd')
    @RequireAnyPlatformRole('e', 'f')
    @RequireAnyPlatformPermission('g', 'h')
    platform() {}
    @RequireAny(roles('a', 'b'), platformRoles('c'), scopes('d'), permissions('e')) either() {}
    @RequireAny([anyOf(scopes(['a']), anyOf(scopes('b'))), scopes('c')]) nested() {}
    @RequirePermissions(['a', 'b']) list() {}
  }

  @Public()
  class Open {
    bare() {}
    @RequireRoles('doctor') closed() {}
    @OptionalAuth() maybe() {}
    @TenantOptional() lobby() {}
    @Public() twice() {}
  }

  @RequirePermissions('class')
  @RequireRoles('doctor')
  @TenantOptional()
  class Closed {
    bare() {}
    @Public() open() {}
    @OptionalAuth() maybe() {}
    @RequirePermissions('handler') more() {}
  }

  @OptionalAuth()
  class Maybe {
    bare() {}
    @RequireScopes('read') closed() {}
    @Public() open() {}
  }

  it.each<[Function, string, string]>([
    [Plain, 'bare', 'authenticated'],
    [Plain, 'open', 'public'],
    [Plain, 'maybe', 'optional'],
    [Plain, 'lobby', 'authenticated; tenant-optional'],
    [Plain, 'openLobby', 'public; tenant-optional'],
    [Plain, 'both', 'authenticated; roles doctor'],
    [
      Plain,
      'all',
      'authenticated; permissions a,b.c; any permissions d,e; platform permissions f; ' +
        'roles g,Front desk; scopes h:i,j',
    ],
    [Plain, 'twice', 'authenticated; permissions a; permissions b'],
    [
      Plain,
      'platform',
      'authenticated; any roles a,b; platform roles c,d; any platform roles e,f; ' +
        'any platform permissions g,h',
    ],
    [
      Plain,
      'either',
      'authenticated; any of (roles a,b | platform roles c | scopes d | permissions e)',
    ],
    [Plain, 'nested', 'authenticated; any of (scopes a | scopes b | scopes c)'],
    [Plain, 'list', 'authenticated; permissions a,b'],
    [Open, 'bare', 'public'],
    [Open, 'closed', 'authenticated; roles doctor'],
    [Open, 'maybe', 'optional'],
    [Open, 'lobby', 'public; tenant-optional'],
    [Open, 'twice', 'public'],
    [Closed, 'bare', 'authenticated; tenant-optional; permissions class; roles doctor'],
    [Closed, 'open', 'public'],
    [Closed, 'maybe', 'authenticated; tenant-optional; permissions class; roles doctor'],
    [
      Closed,
      'more',
      'authenticated; tenant-optional; permissions class; roles doctor; permissions handler',
    ],
    [Maybe, 'bare', 'optional'],
    [Maybe, 'closed', 'authenticated; scopes read'],
    [Maybe, 'open', 'public'],
  ])('%p %s: %s', (controller, name, expected) => {
    expect(rule(controller, name)).toBe(expected);
  });

  it('says whether roles or permissions must be looked up', () => {
    expect(ruleOf(Maybe, 'closed').needsGrants).toBe(false);
    expect(ruleOf(Plain, 'bare').needsGrants).toBe(false);
    expect(ruleOf(Plain, 'all').needsGrants).toBe(true);
    expect(ruleOf(Plain, 'nested').needsGrants).toBe(false);
    expect(ruleOf(Plain, 'either').needsGrants).toBe(true);
  });

  it('is compiled once', () => {
    expect(ruleOf(Plain, 'all')).toBe(ruleOf(Plain, 'all'));
    expect(ruleOf(Plain, 'all')).not.toBe(ruleOf(Plain, 'twice'));
  });

  it('adds what an extended class asks for, and is apart for each controller', () => {
    @RequireRoles('staff')
    class Base {
      list() {}
      @RequirePermissions('read') one() {}
    }
    @RequireRoles('doctor')
    class Doctors extends Base {
      @RequirePermissions('write') override one() {}
    }
    @Public()
    class Everybody extends Base {}
    class Heirs extends Everybody {
      @RequireScopes('x') override list() {}
    }
    expect(rule(Base, 'list')).toBe('authenticated; roles staff');
    expect(rule(Doctors, 'list')).toBe('authenticated; roles staff; roles doctor');
    expect(rule(Doctors, 'one')).toBe(
      'authenticated; roles staff; roles doctor; permissions write',
    );
    expect(rule(Everybody, 'list')).toBe('public');
    expect(rule(Everybody, 'one')).toBe('authenticated; permissions read');
    expect(rule(Heirs, 'list')).toBe('authenticated; scopes x');
    expect(rule(Base, 'one')).toBe('authenticated; roles staff; permissions read');
  });

  it('survives a decorator that puts another function in its place', () => {
    const traced: MethodDecorator = (_target, _name, descriptor) => {
      const inner = descriptor.value;
      Object.assign(descriptor, { value: () => inner });
    };
    class Traced {
      @traced @RequirePermissions('read') @Public() list() {}
      @traced @RequirePermissions('read') one() {}
      @RequireRoles('doctor') @traced @RequirePermissions('read') two() {}
    }
    expect(() => rule(Traced, 'list')).toThrow('Traced');
    expect(rule(Traced, 'one')).toBe('authenticated; permissions read');
    expect(rule(Traced, 'two')).toContain('roles doctor');
    expect(rule(Traced, 'two')).toContain('permissions read');
  });

  it('reads the marks of a function that is in no prototype', () => {
    class Dynamic {}
    const handler = (): void => undefined;
    const descriptor = { value: handler };
    RequireRoles('doctor')({}, 'handler', descriptor);
    RequireScopes('x')({}, 'handler', descriptor);
    const { requirements } = registry.ruleOf(Dynamic, handler);
    expect(requirements.map(words)).toEqual(['scopes x', 'roles doctor']);
    expect(registry.ruleOf(Dynamic, () => undefined)).toMatchObject({ access: 'authenticated' });
  });

  it('counts marks of a kind that it does not know as a requirement', () => {
    class Odd {
      @routeMark(JSON.parse('{"kind": "of-another-version"}')) list() {}
    }
    expect(ruleOf(Odd, 'list')).toMatchObject({ access: 'authenticated', needsGrants: true });
  });
});

describe('a contradiction', () => {
  class PatientsController {
    @Get() @Public() @RequirePermissions('patients.read') list() {}
    @Public() @OptionalAuth() maybe() {}
  }
  @RequireRoles('doctor')
  @Public()
  class DoctorsController {
    list() {}
    @RequireScopes('x') one() {}
  }

  it.each<[Function, string, string]>([
    [PatientsController, 'list', 'PatientsController.list'],
    [PatientsController, 'maybe', 'PatientsController.maybe'],
    [DoctorsController, 'list', 'DoctorsController'],
    [DoctorsController, 'one', 'DoctorsController'],
  ])('in %p %s is refused, by name', (controller, name, path) => {
    expect(() => ruleOf(controller, name)).toThrow(
      expect.objectContaining({ name: 'PatronusConfigurationError', path }),
    );
  });

  it('stops the start', async () => {
    Controller('patients')(PatientsController);
    await expect(start(PatientsController)).rejects.toThrow('PatientsController.list: @Public()');
  });

  it('is all that stops it', async () => {
    @Controller('fine')
    class FineController {
      readonly field = 1;
      @Get() @Public() list() {}
      @Get(':id') @RequireRoles('doctor') one() {}
    }
    await (await start(FineController)).close();
  });
});

async function start(
  controller: Parameters<typeof Module>[0]['controllers'] extends (infer C)[] | undefined
    ? C
    : never,
) {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    controllers: [controller],
    providers: [
      {
        provide: RuleRegistry,
        inject: [DiscoveryService, MetadataScanner],
        useFactory: (discovery: DiscoveryService, scanner: MetadataScanner) =>
          new RuleRegistry(new HandlerExplorer(discovery, scanner)),
      },
    ],
  }).compile();
  return module.createNestApplication({ logger: false }).init();
}

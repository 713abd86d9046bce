import { describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Logger } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ClaimsPermissionSource } from '../authorization/grants/claims-permission-source.js';
import { GrantableNames } from '../authorization/grants/grantable-names.js';
import { PermissionPolicy } from '../authorization/grants/permission-policy.js';
import type { PermissionOptions } from '../authorization/grants/permission.options.js';
import {
  RequireAny,
  RequireAnyPermission,
  RequirePermissions,
  RequirePlatformPermissions,
  RequireRoles,
  RequireScopes,
} from '../authorization/decorators.js';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { anyOf, permissions, platformRoles, roles as askedRoles, scopes } from '../authorization/rules/requirements.js';
import { HandlerExplorer } from '../transport/handler-explorer.js';
import { UngrantedNames } from './ungranted-names.js';

type Decorate = ClassDecorator & MethodDecorator;

async function sentencesOn(
  options: PermissionOptions,
  decorators: readonly Decorate[],
  source = new PermissionPolicy(options).source(),
): Promise<UngrantedNames> {
  @Controller()
  class Routes {
    @Get('known') @RequirePermissions('patients.read') known() {}
    @Get('asked') asked() {}
  }
  for (const decorate of decorators) {
    const descriptor = Object.getOwnPropertyDescriptor(Routes.prototype, 'asked');
    if (descriptor !== undefined) decorate(Routes.prototype, 'asked', descriptor);
  }
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    controllers: [Routes],
  }).compile();
  const explorer = new HandlerExplorer(module.get(DiscoveryService), new MetadataScanner());
  const names = new GrantableNames(new PermissionPolicy(options), () => source);
  return new UngrantedNames(new RuleRegistry(explorer), names);
}

const roles = { doctor: { inherits: ['nurse'] }, nurse: ['patients.read', 'invoices.*'] };
const ofPlatform = { auditor: ['audit.read'] };

describe('names that no role grants', () => {
  it.each<[string, Decorate, string]>([
    [
      'misspelt, where a role has it by name',
      RequirePermissions('pateints.read'),
      'No role grants "pateints.read", which Routes.asked requires. Did you mean "patients.read"?',
    ],
    [
      'misspelt, where a wildcard grants it',
      RequirePermissions('invoces.read.all'),
      'No role grants "invoces.read.all", which Routes.asked requires. Did you mean "invoices.read.all"?',
    ],
    [
      'one of several',
      RequireAnyPermission('patients.read', 'invoices.pay', 'patiens.read'),
      'No role grants "patiens.read", which Routes.asked requires. Did you mean "patients.read"?',
    ],
    [
      'another action, which is near as a whole only',
      RequirePermissions('patients.erase'),
      'No role grants "patients.erase", which Routes.asked requires. Grant it to a role of permissions.roles.',
    ],
    [
      'of another depth',
      RequirePermissions('patients.re.ad'),
      'No role grants "patients.re.ad", which Routes.asked requires. Grant it to a role of permissions.roles.',
    ],
    [
      'like no other',
      RequirePermissions('beds.move'),
      'No role grants "beds.move", which Routes.asked requires. Grant it to a role of permissions.roles.',
    ],
    [
      'of the platform, although a role of tenants grants it',
      RequirePlatformPermissions('patients.read'),
      'No role grants "patients.read", which Routes.asked requires. Grant it to a role of permissions.platformRoles.',
    ],
    [
      'misspelt, of the platform',
      RequirePlatformPermissions('audit.raed'),
      'No role grants "audit.raed", which Routes.asked requires. Did you mean "audit.read"?',
    ],
  ])('are told: %s', async (_which, decorator, sentence) => {
    const names = await sentencesOn({ roles, platformRoles: ofPlatform }, [decorator]);
    expect(names.sentences()).toEqual([
      `${sentence} Until then, only a token that names the permission itself is let in.`,
    ]);
  });

  it('include a role, if a declared one is spelt nearly alike', async () => {
    const names = await sentencesOn({ roles }, [RequireRoles('docter', 'porter', 'nurse')]);
    expect(names.sentences()).toEqual([
      '"docter", which Routes.asked requires, is not a role of permissions.roles. Did you mean "doctor"?',
    ]);
  });

  it('include the alternatives of one rule, each in its authority', async () => {
    const alternatives = anyOf(permissions('pateints.read'), scopes('x'));
    const rule = RequireAny(alternatives, platformRoles('auditro'));
    const names = await sentencesOn({ roles, platformRoles: ofPlatform }, [rule]);
    expect(names.sentences()).toEqual([
      expect.stringContaining('No role grants "pateints.read"'),
      '"auditro", which Routes.asked requires, is not a role of permissions.platformRoles. Did you mean "auditor"?',
    ]);
  });

  it.each([
    [2, 'Routes.one and Routes.two require'],
    [5, 'Routes.one, Routes.two, Routes.three, Routes.four and Routes.five require'],
    [7, 'Routes.one, Routes.two, Routes.three, Routes.four, Routes.five and 2 more require'],
  ])('name the handlers that require them, %i of them', (count, who) => {
    const handlers = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].slice(0, count);
    const names = new GrantableNames(
      new PermissionPolicy({ roles }),
      () => new ClaimsPermissionSource(),
    );
    const asking = handlers.flatMap((name) => [
      { requirement: permissions('beds.move'), by: `Routes.${name}` },
      { requirement: askedRoles('docter'), by: `Routes.${name}` },
    ]);
    expect(names.ungranted(asking).map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining(`No role grants "beds.move", which ${who}. Grant it`),
      expect.stringContaining(`"docter", which ${who}, is not a role of permissions.roles.`),
    ]);
  });

  it('are told once for each name', async () => {
    const twice = [RequirePermissions('beds.move'), RequireAnyPermission('beds.move')];
    expect((await sentencesOn({ roles }, twice)).sentences()).toHaveLength(1);
  });

  it.each<[string, PermissionOptions]>([
    ['if a role grants all', { roles: { admin: ['*'] } }],
    ['without declared roles', {}],
    ['with roles of the platform alone', { platformRoles: ofPlatform }],
  ])('are not told %s', async (_when, options) => {
    const asked = [RequirePermissions('beds.move'), RequireScopes('x')];
    expect((await sentencesOn(options, asked)).sentences()).toEqual([]);
  });

  it('are not told if a source may grant them', async () => {
    class OwnSource extends ClaimsPermissionSource {}
    const asked = [RequirePermissions('beds.move')];
    expect((await sentencesOn({ roles }, asked, new OwnSource())).sentences()).toEqual([]);
    const source = () => ({ permissions: [] });
    expect((await sentencesOn({ roles, source }, asked)).sentences()).toEqual([]);
  });

  it('are warned of at start, twenty at the most', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const many = Array.from({ length: 21 }, (_, at) => RequirePermissions(`beds.move${at}`));
    (await sentencesOn({ roles }, many)).onModuleInit();
    expect(warn).toHaveBeenCalledTimes(20);
    expect(warn.mock.calls[0]?.[0]).toMatch(/^No role grants "beds\.move/);
    expect(warn.mock.contexts[0]).toHaveProperty('context', 'Patronus');
    warn.mockRestore();
  });
});

import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import {
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
} from './decorators.js';
import { textOfRequirement } from './explanation/rule-text.js';
import { anyOf, permissions, platformRoles, roles, scopes } from './rules/requirements.js';
import { RuleRegistry } from './rules/rule-registry.js';

const registry: RuleRegistry = Reflect.construct(RuleRegistry, []);

describe('bad arguments', () => {
  const decorate =
    (decorator: Function, ...names: unknown[]) =>
    () =>
      Reflect.apply(decorator, undefined, names);
  const mistake = (path: string, problem = ''): unknown =>
    expect.objectContaining({
      name: 'PatronusConfigurationError',
      path,
      message: expect.stringContaining(problem),
    });
  const NAMING = [
    RequirePermissions,
    RequireAnyPermission,
    RequirePlatformPermissions,
    RequireAnyPlatformPermission,
    RequireRoles,
    RequireAnyRole,
    RequirePlatformRoles,
    RequireAnyPlatformRole,
    RequireScopes,
  ];

  it.each(NAMING)('%p refuses none, wildcards and what is no name', (decorator) => {
    const path = `@${decorator.name}`;
    expect(decorate(decorator)).toThrow(mistake(`${path}()`, 'requires nothing'));
    for (const bad of ['*', 'patients.*', '', undefined, 7, null]) {
      expect(decorate(decorator, 'fine', bad)).toThrow(mistake(`${path}('${String(bad)}')`));
      expect(decorate(decorator, ['fine', bad])).toThrow(mistake(`${path}('${String(bad)}')`));
    }
    expect(decorate(decorator, 'fine')).not.toThrow();
  });

  it.each(NAMING)(
    '%p takes one list, which it copies, and says what is wrong with it',
    (decorator) => {
      const path = `@${decorator.name}`;
      expect(decorate(decorator, [])).toThrow(mistake(`${path}([])`, 'the list is empty'));
      for (const names of [[['a'], 'b'], [['a'], ['b']], [[['a']]]]) {
        expect(decorate(decorator, ...names)).toThrow(mistake(`${path}()`, 'a list is among'));
      }
      class Listed {
        handler() {}
      }
      const names = ['fine', 'good'];
      const mark: unknown = Reflect.apply(decorator, undefined, [names]);
      const target = [Listed.prototype, 'handler', { value: Listed.prototype.handler }];
      if (typeof mark === 'function') Reflect.apply(mark, undefined, target);
      names.length = 0;
      const { requirements } = registry.ruleOf(Listed, Listed.prototype.handler);
      expect(requirements.map(textOfRequirement)).toEqual([`${path}('fine', 'good')`]);
    },
  );

  it('refuses malformed permissions, blank roles, and what is not one scope', () => {
    for (const bad of ['a..b', 'a.*.b', 'a b', 'a\n']) {
      expect(decorate(RequirePermissions, bad)).toThrow('@RequirePermissions(');
    }
    expect(decorate(RequireRoles, '  ')).toThrow("@RequireRoles('  ')");
    for (const bad of ['a b', 'a"', 'a\\', 'a\r\nX: y', 'ä']) {
      expect(decorate(RequireScopes, bad)).toThrow('@RequireScopes(');
    }
    expect(decorate(RequireScopes, 'https://api/x.read', '~!')).not.toThrow();
  });

  it.each([
    [RequireAny, '@RequireAny'],
    [anyOf, 'anyOf'],
  ] as const)('%p refuses what is no requirement, and names what would be', (make, path) => {
    expect(decorate(make)).toThrow(mistake(`${path}()`, 'requires nothing'));
    expect(decorate(make, [])).toThrow(mistake(`${path}([])`, 'the list is empty'));
    for (const bad of [
      'doctor',
      undefined,
      null,
      7,
      RequireRoles('doctor'),
      { kind: 'proof' },
      {},
    ]) {
      expect(decorate(make, roles('doctor'), bad)).toThrow(mistake(`${path}()`, 'roles()'));
    }
    expect(decorate(make, 'doctor')).toThrow("'doctor' is not a requirement.");
  });

  it('names the function that the names were given to', () => {
    expect(() => permissions('patients.*')).toThrow(mistake("permissions('patients.*')"));
    expect(() => roles('')).toThrow(mistake("roles('')"));
    expect(() => platformRoles([])).toThrow(mistake('platformRoles([])'));
    expect(() => scopes('a b')).toThrow(mistake("scopes('a b')"));
  });
});

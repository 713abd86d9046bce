import { describe, expect, it } from '@jest/globals';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule, protect } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { mockIdentity } from '@patronus/nestjs/testing';

const identityProvider = mockIdentity();

/** Calls as plain JavaScript does, for which the types refuse nothing. */
const call = (form: 'forRoot' | 'forRootAsync', ...args: readonly unknown[]): DynamicModule =>
  Reflect.apply(PatronusModule[form], PatronusModule, args);

async function start(module: () => DynamicModule) {
  @Module({ imports: [module()] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { abortOnError: false, logger: false });
  return app.init();
}

describe('a module without options', () => {
  it.each<[string, () => DynamicModule, string]>([
    ['forRoot()', () => call('forRoot'), 'forRoot: is given no options. Give PatronusModule'],
    ['forRoot(null)', () => call('forRoot', null), 'forRoot: is given no options.'],
    ['forRootAsync()', () => call('forRootAsync'), 'forRootAsync: is given something that is no'],
    [
      'forRootAsync({})',
      () => call('forRootAsync', {}),
      'forRootAsync: is given nothing that makes the options. Give useFactory: () => ({ … })',
    ],
    [
      'a factory that returns nothing',
      () => call('forRootAsync', { useFactory: () => undefined }),
      'forRootAsync: has a factory that returns no options. Return them from it',
    ],
  ])('%s', async (_what, module, sentence) => {
    await expect(start(module)).rejects.toThrow(sentence);
  });
});

describe.each(['forRoot', 'forRootAsync'] as const)('a wrong option of %s', (form) => {
  it.each<[object, string]>([
    [{ identityCache: null }, 'identityCache: is given something that is no object. Give { … }'],
    [{ accountCache: null }, 'accountCache: is given something that is no object.'],
    [{ permissions: null }, 'permissions: is given something that is no object.'],
    [{ tenancy: null }, 'tenancy: is given something that is no object.'],
    [{ tenancy: 'empresa_id' }, 'tenancy: is given something that is no object.'],
    [{ revocations: {} }, 'revocations: is not a Revocations. Give an instance of a class'],
    [{ revocations: null }, 'revocations: is not a Revocations.'],
    [
      { permissions: { roles: { doctor: 'patients.read' } } },
      "permissions.roles.doctor: this is not a list. Write a list of permissions: ['patients.read'].",
    ],
    [{ identityProvider: oidc }, 'identityProvider: is a function: call it, as oidc({ … }).'],
    [{ identityProvider: [oidc] }, 'identityProvider[0]: is a function: call it, as oidc({ … }).'],
    [
      { identityProvider: identityProvider.constructor },
      `identityProvider: is a class. Give { useClass: ${identityProvider.constructor.name} }`,
    ],
    [{ identityProvider: Array(1) }, 'identityProvider[0]: is not an IdentityProvider.'],
    [
      { identityProvider: undefined, identityProviders: [identityProvider] },
      'identityProviders: is not an option. Did you mean "identityProvider"?',
    ],
    [{ coverge: 'enforce' }, 'coverge: is not an option. Did you mean "coverage"?'],
  ])('%j', async (wrong, sentence) => {
    const options = { identityProvider, ...wrong };
    const given = form === 'forRoot' ? options : { useFactory: () => options };
    await expect(start(() => call(form, given))).rejects.toThrow(sentence);
  });
});

it('a misspelt `guards` is told from an unknown option', async () => {
  const sentence = 'guard: is not an option. Did you mean "guards"?';
  const forRoot = () => call('forRoot', { identityProvider, guard: 'manual' });
  await expect(start(forRoot)).rejects.toThrow(sentence);
  const useFactory = () => ({ identityProvider, guard: 'manual' });
  await expect(start(() => call('forRootAsync', { useFactory }))).rejects.toThrow(sentence);
});

it('a provider that makes something else than revocations is refused', async () => {
  const revocations = { useFactory: () => ({}) };
  await expect(start(() => call('forRoot', { identityProvider, revocations }))).rejects.toThrow(
    'revocations: is not a Revocations.',
  );
});

it('a permission in place of a decorator is refused', async () => {
  const app = await start(() => PatronusModule.forRoot({ identityProvider }));
  expect(() => Reflect.apply(protect, undefined, [app, '/x', 'patients.read'])).toThrow(
    'protect: is given "patients.read", which is no decorator. Give decorators, such as RequirePermissions(\'patients.read\').',
  );
  await app.close();
});

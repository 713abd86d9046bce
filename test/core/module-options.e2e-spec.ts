import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import {
  ClaimsPermissionSource,
  PatronusModule,
  type PatronusModuleOptions,
} from '@patronus/nestjs';
import { TokenTableProvider } from './token-table.provider.js';

@Injectable()
class Directory {}

@Module({ providers: [Directory], exports: [Directory] })
class DirectoryModule {}

@Injectable()
class DirectoryProvider extends TokenTableProvider {
  constructor(readonly directory: Directory) {
    super();
  }
}

@Injectable()
class DirectoryPermissions extends ClaimsPermissionSource {
  constructor(readonly directory: Directory) {
    super();
  }
}

async function start(imports: NonNullable<ModuleMetadata['imports']>) {
  @Module({ imports })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { abortOnError: false, logger: false });
  return app.init();
}

const injected = { useClass: DirectoryProvider };
const source = { useClass: DirectoryPermissions };

describe('the options of PatronusModule', () => {
  it('says what to write where it is imported without options', async () => {
    await expect(start([PatronusModule])).rejects.toThrow(
      'PatronusModule: is imported without its options. Import PatronusModule.forRoot({ … })',
    );
    @Module({ imports: [PatronusModule] })
    class FeatureModule {}
    const root = PatronusModule.forRoot({ identityProvider: new TokenTableProvider() });
    await expect(start([root, FeatureModule])).rejects.toThrow('other modules need no import');
  });

  const identityProvider = new TokenTableProvider();
  class OptionsFactory {
    createPatronusOptions() {
      return { identityProvider, guards: 'manual' };
    }
  }

  it.each<[string, object, string]>([
    ['guards', { guards: 'manual' }, 'guards: cannot come from the factory'],
    ['imports', { imports: [] }, 'imports: cannot come from the factory'],
    ['permissionSource', { permissionSource: source }, 'permissionSource: cannot come'],
    [
      'a provider',
      { identityProvider: injected },
      'forRootAsync({ identityProvider: …, useFactory })',
    ],
    ['a source', { permissions: { source } }, 'forRootAsync({ permissionSource: …, useFactory })'],
    ['revocations', { revocations: { useFactory: () => ({}) } }, 'forRootAsync({ revocations: …'],
    ['memberships', { tenancy: { memberships: { useExisting: Directory } } }, '({ memberships: …'],
    ['a directory', { tenancy: { directory: { useClass: Directory } } }, '({ tenantDirectory: …'],
  ])('says that %s does not come from the factory', async (_name, made, message) => {
    const useFactory = () => ({ identityProvider, ...made });
    const module = Reflect.apply(PatronusModule.forRootAsync, PatronusModule, [{ useFactory }]);
    await expect(start([DirectoryModule, module])).rejects.toThrow(message);
  });

  it('says the same of a class that makes the options', async () => {
    const module = PatronusModule.forRootAsync({ useClass: OptionsFactory });
    await expect(start([module])).rejects.toThrow('guards: cannot come from the factory');
  });

  it.each([
    [{ coverage: 'enforce' }, 'coverage: is given beside the factory of forRootAsync()'],
    [{ tenancy: {} }, 'tenancy: is given beside the factory of forRootAsync()'],
    [{ gaurds: 'manual' }, 'forRootAsync.gaurds: is not an option. Did you mean "guards"?'],
  ])('refuses %j beside the factory, where it would not be read', (beside, message) => {
    const useFactory = () => ({ identityProvider });
    expect(() =>
      Reflect.apply(PatronusModule.forRootAsync, PatronusModule, [{ useFactory, ...beside }]),
    ).toThrow(message);
  });

  it.each<[string, PatronusModuleOptions]>([
    ['a class', { identityProvider: injected }],
    ['a source', { identityProvider, permissions: { source } }],
    [
      'a factory',
      { identityProvider: { inject: [Directory], useFactory: () => identityProvider } },
    ],
  ])(
    'says of %s with an unknown dependency that its module belongs into imports',
    async (_what, options) => {
      await expect(start([PatronusModule.forRoot(options)])).rejects.toThrow(
        "If Directory is exported from a separate @Module, is that module imported within PatronusModule (through its option 'imports')?",
      );
      const app = await start([PatronusModule.forRoot({ ...options, imports: [DirectoryModule] })]);
      const names = [...app.get(ModulesContainer).values()].map(({ name }) => name);
      expect(names).toContain('PatronusModule');
      await app.close();
    },
  );
});

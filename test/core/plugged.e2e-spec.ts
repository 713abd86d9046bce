import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, type InjectionToken } from '@nestjs/common';
import {
  AccountCache,
  AccountSource,
  AuthEvents,
  AuthGuard,
  Coverage,
  Identity,
  IdentityCache,
  IdentityProvider,
  InMemoryRevocations,
  Memberships,
  PatronusModule,
  type PatronusModuleOptions,
  PermissionCache,
  PermissionsGuard,
  PermissionSource,
  Revocations,
  TenantContext,
  TenantDirectory,
  TenantJobs,
  TenantLookups,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import {
  ALL,
  closeAll,
  Repository,
  RepositoryDirectory,
  RepositoryMemberships,
  RepositoryModule,
  RepositoryProvider,
  RepositorySource,
  startNotes,
} from './repository-parts.js';
import { TokenTableProvider } from './token-table.provider.js';

afterEach(closeAll);

describe.each(ADAPTERS)('what an application plugs in, on %s', (_name, adapter) => {
  it('may need a repository that needs the tenant', async () => {
    const { notes } = await startNotes([PatronusModule.forRoot(ALL)], adapter);
    expect(await notes('norte')).toEqual([200, 'ana in norte']);
    expect((await notes('sur'))[0]).toBe(403);
    expect((await notes('este'))[1]).toContain('tenant_unknown');
    expect((await notes('oeste'))[1]).toContain('tenant_mismatch');
  });

  it('may need it where a factory makes the options', async () => {
    const module = PatronusModule.forRootAsync({
      imports: [RepositoryModule],
      inject: [Repository],
      useFactory: (repository: Repository) => ({
        identityProvider: new RepositoryProvider(repository),
        tenancy: {
          header: 'x-tenant',
          memberships: new RepositoryMemberships(repository),
          directory: new RepositoryDirectory(repository),
        },
        permissions: { source: new RepositorySource(repository) },
      }),
    });
    const { app, notes } = await startNotes([module], adapter);
    expect(await notes('norte')).toEqual([200, 'ana in norte']);
    expect((await notes('sur'))[0]).toBe(403);
    expect(app.get(TenantContext).run('norte', () => app.get(TenantContext).id)).toBe('norte');
  });
});

describe('what an application plugs in', () => {
  const EXPORTED: readonly InjectionToken[] = [
    AccountCache,
    AuthEvents,
    AuthGuard,
    Coverage,
    IdentityCache,
    PermissionCache,
    PermissionsGuard,
    TenantContext,
    TenantJobs,
    TenantLookups,
  ];
  const PLUGGED: readonly InjectionToken[] = [
    AccountSource,
    IdentityProvider,
    Memberships,
    PermissionSource,
    Revocations,
    TenantDirectory,
  ];
  const identityProvider = new TokenTableProvider();
  const plug = (token: InjectionToken, dependency: InjectionToken): PatronusModuleOptions => {
    const made = <T>(instance: () => T) => ({ inject: [dependency], useFactory: instance });
    const rest = { identityProvider, tenancy: {} };
    if (token === IdentityProvider) {
      return { ...rest, identityProvider: made(() => new TokenTableProvider()) };
    }
    if (token === AccountSource) {
      return { ...rest, accounts: made(() => ({ accountOf: () => Promise.resolve({}) })) };
    }
    if (token === Memberships) {
      const memberships = made(() => new RepositoryMemberships(new Repository(none)));
      return { ...rest, tenancy: { header: 'x-tenant', memberships } };
    }
    if (token === TenantDirectory) {
      const directory = made(() => new RepositoryDirectory(new Repository(none)));
      return { ...rest, tenancy: { directory } };
    }
    if (token === Revocations)
      return { ...rest, revocations: made(() => new InMemoryRevocations()) };
    const source = made(() => new RepositorySource(new Repository(none)));
    return { ...rest, permissions: { source } };
  };
  const pairs = PLUGGED.flatMap((token) =>
    EXPORTED.map((other) => [nameOf(token), nameOf(other), token, other] as const),
  );

  it.each(pairs)('may, as the %s, inject %s', async (_token, _other, token, other) => {
    const { app } = await startNotes([PatronusModule.forRoot(plug(token, other))]);
    expect(app.get(other)).toBeDefined();
  });

  it('is not asked before it is made, and the message says what to do', async () => {
    @Injectable()
    class EarlySource extends PermissionSource {
      constructor(crossing: Repository) {
        super();
        crossing.tenant.runAs(ANA, () => undefined);
      }
      override async grantsOf() {
        return {};
      }
    }
    const module = PatronusModule.forRootAsync({
      imports: [RepositoryModule],
      inject: [Repository],
      useFactory: (repository: Repository) => ({
        identityProvider,
        permissions: { source: new EarlySource(repository) },
      }),
    });
    await expect(startNotes([module])).rejects.toThrow(
      'TenantPolicy was used before the application was assembled. Call it in onModuleInit()',
    );
  });
});

const ANA = new Identity({ id: 'ana', issuer: 'i', provider: 'p', expiresAt: 4e9 });
const none: TenantContext = Object.create(TenantContext.prototype);

function nameOf(token: InjectionToken): string {
  return typeof token === 'function' ? token.name : String(token);
}

import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  InMemoryRevocations,
  PatronusConfigurationError,
  PatronusModule,
  type PatronusModuleOptions,
  PermissionSource,
} from '@patronus/nestjs';
import {
  ALL,
  closeAll,
  Repository,
  RepositoryMemberships,
  RepositorySource,
  startNotes,
} from './repository-parts.js';
import { TokenTableProvider } from './token-table.provider.js';

afterEach(closeAll);

describe('a request-scoped dependency', () => {
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {}

  @Injectable()
  class Between {
    constructor(readonly perRequest: PerRequest) {}
  }

  @Injectable()
  class ScopedSource extends PermissionSource {
    constructor(readonly between: Between) {
      super();
    }
    override async grantsOf() {
      return {};
    }
  }

  @Injectable({ scope: Scope.REQUEST })
  class ScopedMemberships extends RepositoryMemberships {}

  @Module({
    providers: [PerRequest, Between, Repository],
    exports: [PerRequest, Between, Repository],
  })
  class ScopedModule {}

  const options = (more: Partial<PatronusModuleOptions>): PatronusModuleOptions => ({
    imports: [ScopedModule],
    identityProvider: new TokenTableProvider(),
    ...more,
  });

  it.each<[string, Partial<PatronusModuleOptions>, string]>([
    [
      'of a permission source',
      { permissions: { source: { useClass: ScopedSource } } },
      'permissions.source: ScopedSource → Between → PerRequest is request-scoped, and PermissionSource must be a singleton.',
    ],
    [
      'of a factory',
      {
        identityProvider: {
          inject: [REQUEST],
          useFactory: () => new TokenTableProvider(),
        },
      },
      'identityProvider: IdentityProvider → REQUEST is request-scoped, and IdentityProvider must be a singleton.',
    ],
    [
      'which the class says of itself',
      { tenancy: { memberships: { useClass: ScopedMemberships } } },
      'tenancy.memberships: ScopedMemberships is request-scoped, and Memberships must be a singleton.',
    ],
    [
      'of an account source',
      { accounts: { inject: [PerRequest], useFactory: () => ({ accountOf: () => ({}) }) } },
      'accounts: AccountSource → PerRequest is request-scoped, and AccountSource must be a singleton.',
    ],
    [
      'of revocations',
      {
        revocations: {
          inject: [PerRequest],
          useFactory: () => new InMemoryRevocations(),
        },
      },
      'revocations: Revocations → PerRequest is request-scoped',
    ],
  ])('stops the start and names the class: %s', async (_case, more, message) => {
    const starting = startNotes([PatronusModule.forRoot(options(more))]);
    await expect(starting).rejects.toThrow(PatronusConfigurationError);
    await expect(startNotes([PatronusModule.forRoot(options(more))])).rejects.toThrow(message);
  });

  it('is no matter where each gets an instance of its own', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class TransientSource extends RepositorySource {}
    const { notes } = await startNotes([
      PatronusModule.forRoot({ ...ALL, permissions: { source: { useClass: TransientSource } } }),
    ]);
    expect(await notes('norte')).toEqual([200, 'ana in norte']);
  });
});

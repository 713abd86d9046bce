import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import {
  type Credential,
  CurrentTenant,
  CurrentUser,
  type Identity,
  IdentityProvider,
  InMemoryRevocations,
  Memberships,
  type PatronusModuleOptions,
  PermissionSource,
  RequirePermissions,
  TenantContext,
  TenantDirectory,
} from '@patronus/nestjs';
import { TokenTableProvider } from './token-table.provider.js';

/** A repository of the application, which needs the tenant. */
@Injectable()
export class Repository {
  constructor(readonly tenant: TenantContext) {}
}

@Module({ providers: [Repository], exports: [Repository] })
export class RepositoryModule {}

@Injectable()
export class RepositorySource extends PermissionSource {
  constructor(private readonly repository: Repository) {
    super();
  }
  override async grantsOf() {
    return { permissions: this.repository.tenant.idOrNull === 'norte' ? ['notes.read'] : [] };
  }
}

@Injectable()
export class RepositoryMemberships extends Memberships {
  constructor(readonly repository: Repository) {
    super();
  }
  override async tenantsOf() {
    return this.repository.tenant.idOrNull === null ? ['norte', 'sur', 'este'] : [];
  }
}

@Injectable()
export class RepositoryDirectory extends TenantDirectory {
  constructor(readonly repository: Repository) {
    super();
  }
  override async find(tenantId: string) {
    return this.repository.tenant.isCrossTenant || tenantId === 'este' ? undefined : 'active';
  }
}

@Injectable()
export class RepositoryRevocations extends InMemoryRevocations {
  constructor(readonly repository: Repository) {
    super();
  }
}

@Injectable()
export class RepositoryProvider extends IdentityProvider {
  readonly name = 'repository';
  readonly #table = new TokenTableProvider();
  constructor(readonly repository: Repository) {
    super();
  }
  override authenticate(credential: Credential): Promise<Identity> {
    return this.#table.authenticate(credential);
  }
}

@Controller()
class NotesController {
  @RequirePermissions('notes.read') @Get('notes') notes(
    @CurrentUser() user: Identity,
    @CurrentTenant() tenant: string,
  ) {
    return `${user.id} in ${tenant}`;
  }
}

const running: INestApplication[] = [];

export async function closeAll(): Promise<void> {
  for (const app of running.splice(0)) await app.close();
}

/** Starts an application with one route, `notes`, and calls it as Ana. */
export async function startNotes(
  imports: ModuleMetadata['imports'],
  adapter: () => AbstractHttpAdapter = () => new ExpressAdapter(),
  providers: ModuleMetadata['providers'] = [],
) {
  @Module({ imports: imports ?? [], providers, controllers: [NotesController] })
  class AppModule {}
  const options = { abortOnError: false, logger: false } as const;
  const app = await NestFactory.create(AppModule, adapter(), options);
  running.push(app);
  await app.listen(0, '127.0.0.1');
  const url = `${await app.getUrl()}/notes`;
  const notes = async (tenant: string) => {
    const headers = { authorization: 'Bearer ana', 'x-tenant': tenant };
    const answer = await fetch(url, { headers });
    return [answer.status, await answer.text()];
  };
  return { app, notes };
}

/** Options with every part that an application can replace, each of which uses the repository. */
export const ALL: PatronusModuleOptions = {
  imports: [RepositoryModule],
  identityProvider: { useClass: RepositoryProvider },
  revocations: { useClass: RepositoryRevocations },
  tenancy: {
    header: 'x-tenant',
    memberships: { useClass: RepositoryMemberships },
    directory: { useClass: RepositoryDirectory },
  },
  permissions: { source: { useClass: RepositorySource } },
};

import 'reflect-metadata';
import { Controller, type DynamicModule, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CurrentUser,
  Identity,
  PatronusModule,
  type PatronusModuleOptions,
  RequireAuthentication,
  RequirePermissions,
  RequirePlatformPermissions,
  RequireScopes,
} from '@patronus/nestjs';

@Controller()
class PatientsController {
  @Get('patients') @RequireScopes('read') list(@CurrentUser() user: Identity): Identity {
    return user;
  }

  @Get('whoami') @RequireAuthentication() whoami(@CurrentUser() user: Identity): Identity {
    return user;
  }

  @Get('platform') @RequirePlatformPermissions('clients.read') platform(): string[] {
    return [];
  }

  @Get('tenant') @RequirePermissions('patients.read') tenant(): string[] {
    return [];
  }
}

@Module({ controllers: [PatientsController] })
class ResourceModule {
  static guardedBy(options: PatronusModuleOptions): DynamicModule {
    return { module: ResourceModule, imports: [PatronusModule.forRoot(options)] };
  }
}

/** An API without tenants that the library guards, in an application of its own. */
export class ResourceServer {
  private constructor(
    private readonly app: INestApplication,
    private readonly url: string,
  ) {}

  static async start(options: PatronusModuleOptions): Promise<ResourceServer> {
    const module = ResourceModule.guardedBy({ coverage: 'enforce', ...options });
    const app = await NestFactory.create(module, { abortOnError: false, logger: false });
    await app.listen(0, '127.0.0.1');
    return new ResourceServer(app, await app.getUrl());
  }

  /** The answer to a caller with a token. */
  async get(path: 'patients' | 'whoami' | 'platform' | 'tenant', token: string) {
    const response = await fetch(`${this.url}/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const body: unknown = await response.json();
    return { status: response.status, body };
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

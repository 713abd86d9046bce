import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import {
  PatronusModule,
  permissions,
  platformPermissions,
  platformRoles,
  RequireAny,
  RequireAnyPlatformPermission,
  RequireAnyPlatformRole,
  RequireAnyRole,
  RequirePlatformRoles,
  roles,
  scopes,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { createSecuredDocument } from '../../libs/patronus/src/swagger/index.js';
import { ADAPTERS } from '../core/adapters.js';

@Controller()
class WardController {
  @RequireAnyRole('doctor', 'nurse') @Get('ward') ward() {}
  @RequirePlatformRoles('STAFF') @RequireAnyPlatformRole('EU', 'US') @Get('staff') staff() {}
  @RequireAnyPlatformPermission('audit.read', 'audit.list') @Get('log') log() {}
  @RequireAny(roles('doctor', 'head'), platformRoles('STAFF')) @Get('either') either() {}
  @RequireAny(scopes('a', 'b'), permissions('c'), platformPermissions('d'))
  @Get('scope')
  scope() {}
  @RequireAny(scopes('a'), scopes('b')) @Get('scopes') scopes() {}
}

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: oidc({ issuer: 'https://id.novah.example', audience: 'api' }),
      tenancy: {},
    }),
  ],
  controllers: [WardController],
})
class WardModule {}

const WAYS = [{ bearer: [] }, { openIdConnect: [] }];

describe.each(ADAPTERS)('what an OpenAPI document says of authority, on %s', (_name, adapter) => {
  let app: INestApplication;
  let document: OpenAPIObject;

  beforeAll(async () => {
    app = await NestFactory.create(WardModule, adapter(), { abortOnError: false, logger: false });
    await app.init();
    document = createSecuredDocument(app, new DocumentBuilder().build());
  });
  afterAll(() => app.close());

  it.each([
    ['ward', { anyRole: [['doctor', 'nurse']] }, 'the role `doctor` or `nurse`', 'role_denied'],
    [
      'staff',
      { platformRoles: ['STAFF'], anyPlatformRole: [['EU', 'US']] },
      'the platform role `STAFF`, and the platform role `EU` or `US`',
      'role_denied',
    ],
    [
      'log',
      { anyPlatformPermission: [['audit.read', 'audit.list']] },
      'the platform permission `audit.read` or `audit.list`',
      'permission_denied',
    ],
    [
      'either',
      { anyOf: [[{ roles: ['doctor', 'head'] }, { platformRoles: ['STAFF'] }]] },
      'either the roles `doctor` and `head` or the platform role `STAFF`',
      'role_denied',
    ],
    [
      'scope',
      { anyOf: [[{ scopes: ['a', 'b'] }, { permissions: ['c'] }, { platformPermissions: ['d'] }]] },
      'either the scopes `a` and `b`, the permission `c`, or the platform permission `d`',
      'permission_denied',
    ],
    [
      'scopes',
      { anyOf: [[{ scopes: ['a'] }, { scopes: ['b'] }]] },
      'either the scope `a` or the scope `b`',
      'scope_denied',
    ],
  ])('says of %s which authority it asks, and how much of it', (path, asked, sentence, code) => {
    const operation = document.paths[`/${path}`]?.get;
    expect(Reflect.get(operation ?? {}, 'x-patronus')).toEqual({
      access: 'authenticated',
      tenant: 'required',
      ...asked,
    });
    expect(operation?.['description']).toMatch(`${sentence}.`);
    // A scope that is one of several alternatives is not required of every caller.
    expect(operation?.['security']).toEqual(WAYS);
    expect(JSON.stringify(operation?.responses['403'])).toContain(`["tenant_required","${code}"]`);
  });
});

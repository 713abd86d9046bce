import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, UseGuards, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import {
  ApiBearerAuth,
  ApiSecurity,
  ApiUnauthorizedResponse,
  DocumentBuilder,
  type OpenAPIObject,
} from '@nestjs/swagger';
import {
  AuthGuard,
  PatronusModule,
  PermissionsGuard,
  RequirePermissions,
  type PatronusModuleOptions,
} from '@patronus/nestjs';
import { apiKeys, InMemoryApiKeyStore } from '@patronus/nestjs/api-key';
import { oidc } from '@patronus/nestjs/jwt';
import { createSecuredDocument } from '../../libs/patronus/src/swagger/index.js';

const ISSUER = 'https://id.novah.example';
const tokens = oidc({ issuer: ISSUER, audience: 'api' });
const keys = apiKeys({ store: new InMemoryApiKeyStore() });

async function documentOf(
  options: PatronusModuleOptions,
  controller: Type<unknown>,
  prepare: (app: Awaited<ReturnType<typeof NestFactory.create>>) => void = () => {},
): Promise<OpenAPIObject> {
  @Module({ imports: [PatronusModule.forRoot(options)], controllers: [controller] })
  class NotesModule {}
  const app = await NestFactory.create(NotesModule, { abortOnError: false, logger: false });
  try {
    prepare(app);
    return createSecuredDocument(app, new DocumentBuilder().build());
  } finally {
    await app.close();
  }
}

@Controller('notes')
@RequirePermissions('notes.read')
class NotesController {
  @Get('none') none() {}
  @UseGuards(AuthGuard, PermissionsGuard) @Get('both') both() {}
  @ApiUnauthorizedResponse({ schema: { type: 'string' } })
  @UseGuards(AuthGuard)
  @Get('caller')
  caller() {}
  @UseGuards(PassportGuard('patronus')) @Get('passport') passport() {}
  @ApiBearerAuth() @Get('own') own() {}
}

const of = (document: OpenAPIObject, path: string): Record<string, unknown> => ({
  ...document.paths[`/notes/${path}`]?.get,
});

describe('an OpenAPI document', () => {
  it('says nothing of handlers that no guard stands before', async () => {
    const document = await documentOf(
      { identityProvider: tokens, guards: 'manual' },
      NotesController,
    );
    expect(of(document, 'both')['x-patronus']).toMatchObject({ permissions: ['notes.read'] });
    for (const path of ['caller', 'passport']) {
      expect(of(document, path)['x-patronus']).toEqual({ access: 'authenticated' });
    }
    expect(of(document, 'none')).not.toHaveProperty('security');
    expect(of(document, 'none')).not.toHaveProperty('x-patronus');
    expect(of(document, 'own')).toMatchObject({ security: [{ bearer: [] }] });
  });

  it('adds to what the application says of a status, and changes none of it', async () => {
    const document = await documentOf({ identityProvider: tokens }, NotesController);
    expect(of(document, 'caller')['responses']).toMatchObject({
      '401': {
        description: expect.stringContaining('`token_missing`'),
        content: { 'application/json': { schema: { type: 'string' } } },
        headers: { 'WWW-Authenticate': {} },
      },
    });
  });

  it('knows guards that the application puts before every handler itself', async () => {
    const document = await documentOf(
      { identityProvider: tokens, guards: 'manual' },
      NotesController,
      (app) => app.useGlobalGuards(app.get(AuthGuard), app.get(PermissionsGuard)),
    );
    expect(of(document, 'none')['x-patronus']).toMatchObject({ permissions: ['notes.read'] });
  });

  it('offers API keys where a provider takes them, and tokens where one does', async () => {
    const both = await documentOf({ identityProvider: [tokens, keys] }, NotesController);
    expect(of(both, 'none')['security']).toEqual([
      { bearer: [] },
      { api_key: [] },
      { openIdConnect: [] },
    ]);
    expect(both.components?.securitySchemes?.['api_key']).toEqual({
      type: 'apiKey',
      in: 'header',
      name: 'x-api-key',
    });
    const alone = await documentOf({ identityProvider: keys }, NotesController);
    expect(of(alone, 'none')['security']).toEqual([{ api_key: [] }]);
    expect(JSON.stringify(alone)).not.toContain('issuer_unknown');
  });

  it('offers no bare token where every issuer has to bind its own', async () => {
    const bound = { identityProvider: tokens, dpop: { requiredFor: [ISSUER] } };
    expect(of(await documentOf(bound, NotesController), 'none')['security']).toEqual([
      { dpop: [] },
    ]);
    const other = { identityProvider: tokens, dpop: { requiredFor: ['https://other.example'] } };
    expect(of(await documentOf(other, NotesController), 'none')['security']).toEqual([
      { bearer: [] },
      { dpop: [] },
      { openIdConnect: [] },
    ]);
  });

  it('tells a controller from the one that it extends', async () => {
    @Controller('notes')
    @ApiSecurity('signature')
    class OwnController {
      @Get('listed') list() {}
    }
    @Controller('drafts')
    @RequirePermissions('drafts.read')
    class DraftsController extends OwnController {}
    @Module({ controllers: [OwnController] })
    class OwnModule {}
    const document = await documentOf(
      { identityProvider: tokens, imports: [OwnModule] },
      DraftsController,
    );
    expect(of(document, 'listed')['x-patronus']).toEqual({ access: 'authenticated' });
    expect(document.paths['/drafts/listed']?.get).toMatchObject({
      security: [{ bearer: [] }, { openIdConnect: [] }],
      'x-patronus': { permissions: ['drafts.read'] },
    });
  });
});

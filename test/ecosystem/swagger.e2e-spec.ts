import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Delete,
  Get,
  Injectable,
  Module,
  Patch,
  Post,
  Version,
  VersioningType,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ApiBearerAuth,
  ApiExcludeEndpoint,
  ApiForbiddenResponse,
  ApiOperation,
  ApiSecurity,
  DocumentBuilder,
  SwaggerModule,
  type OpenAPIObject,
} from '@nestjs/swagger';
import {
  AcceptIssuers,
  Authorize,
  OptionalAuth,
  PatronusModule,
  Public,
  RequireAnyPermission,
  RequireAuthentication,
  RequireDPoP,
  RequirePermissions,
  RequirePlatformPermissions,
  RequireRoles,
  RequireScopes,
  ResourcePolicy,
  TenantOptional,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { createSecuredDocument } from '../../libs/patronus/src/swagger/index.js';
import { ADAPTERS } from '../core/adapters.js';

@Injectable()
class CanEdit extends ResourcePolicy<object> {
  load = () => ({});
  tenantOf = () => 'norte';
  permits = () => true;
}

/** Inherited handler of two controllers with different requirements. */
abstract class Listing {
  @Get('all') list() {}
}

@Controller('patients')
@RequirePermissions('patients.read')
class PatientsController extends Listing {
  @ApiOperation({ description: 'Changes a patient.' })
  @ApiForbiddenResponse({ description: 'Not your patient.' })
  @RequireRoles('doctor')
  @RequireScopes('patients')
  @Authorize(CanEdit)
  @Patch(':id')
  edit() {}

  @RequireAnyPermission('patients.audit', 'patients.own') @Get(['one', 'uno']) one() {}
  @RequireAuthentication({ within: '5m', methods: ['otp'] }) @Delete('sign') sign() {}
  @ApiExcludeEndpoint() @Get('hidden') hidden() {}
}

@Controller('open')
@Public()
class OpenController extends Listing {
  @ApiSecurity('signature') @Post('webhook') webhook() {}
  @All('any') any() {}
}

@Controller('mixed')
class MixedController {
  @OptionalAuth() @Get('optional') optional() {}
  @ApiBearerAuth()
  @TenantOptional()
  @RequirePlatformPermissions('audit.read')
  @Get('audit')
  audit() {}
  @RequireDPoP() @Post('payouts') payOut() {}
  @AcceptIssuers('https://staff.example') @Get('staff') staff() {}
  @Version('2') @Public() @Get('news') newsOfToday() {}
  @Version('1') @Get('news') news() {}
}

const OWN = "what the guards of the application's own ask for";
const options = {
  identityProvider: oidc({ issuer: 'https://id.novah.example', audience: 'api' }),
  tenancy: { header: 'X-Empresa-Id' },
  credentials: { cookie: { name: '__Host-session' } },
};

@Module({
  imports: [PatronusModule.forRoot(options)],
  controllers: [PatientsController, OpenController, MixedController],
  providers: [CanEdit],
})
class ClinicModule {}

const config = new DocumentBuilder()
  .setTitle('Clinic')
  .addSecurity('signature', { type: 'apiKey', in: 'header', name: 'x-signature', description: OWN })
  .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
  .build();

const WAYS = [{ bearer: [] }, { cookie: [] }, { openIdConnect: [] }];

describe.each(ADAPTERS)('an OpenAPI document, on %s', (_name, adapter) => {
  let app: INestApplication;
  let document: OpenAPIObject;

  beforeAll(async () => {
    app = await NestFactory.create(ClinicModule, adapter(), { abortOnError: false, logger: false });
    app.setGlobalPrefix('api');
    app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    document = createSecuredDocument(app, config);
    SwaggerModule.setup('docs', app, document);
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  const at = (path: string, method: string): Record<string, unknown> => {
    const found: unknown = Reflect.get(document.paths[path] ?? {}, method);
    if (typeof found !== 'object' || found === null) throw new Error(`no ${method} ${path}`);
    return { ...found };
  };
  const codes = (path: string, method: string): Readonly<Record<string, unknown>> => {
    const { responses } = at(path, method);
    const schemas = Object.entries({ ...(responses as object) }).map(([status, response]) => [
      status,
      JSON.stringify(response).match(/"enum":(\[[^\]]*\])/)?.[1],
    ]);
    return Object.fromEntries(schemas);
  };

  it('says of each way in how it is used', () => {
    expect(document.components?.securitySchemes).toEqual({
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      cookie: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
      dpop: expect.objectContaining({ type: 'http', scheme: 'DPoP' }),
      openIdConnect: {
        type: 'openIdConnect',
        openIdConnectUrl: 'https://id.novah.example/.well-known/openid-configuration',
      },
      signature: { type: 'apiKey', in: 'header', name: 'x-signature', description: OWN },
    });
  });

  it('tells two controllers apart that share a handler', () => {
    expect(at('/api/v1/patients/all', 'get')).toMatchObject({
      security: WAYS,
      'x-patronus': { access: 'authenticated', tenant: 'required', permissions: ['patients.read'] },
    });
    expect(at('/api/v1/open/all', 'get')).toMatchObject({
      security: [],
      'x-patronus': { access: 'public' },
      description: 'Open to every caller.',
    });
  });

  it('says what a route asks for, to programs and to people', () => {
    const edit = at('/api/v1/patients/{id}', 'patch');
    expect(edit['x-patronus']).toEqual({
      access: 'authenticated',
      tenant: 'required',
      permissions: ['patients.read'],
      roles: ['doctor'],
      scopes: ['patients'],
      policies: ['@Authorize(CanEdit)'],
    });
    expect(edit['security']).toEqual([
      { bearer: [] },
      { cookie: [] },
      { openIdConnect: ['patients'] },
    ]);
    expect(edit['description']).toBe(
      'Changes a patient.\n\nNeeds a caller in a tenant, the permission `patients.read`, ' +
        'the role `doctor`, the scope `patients`, and the consent of `@Authorize(CanEdit)`.',
    );
    expect(at('/api/v1/patients/sign', 'delete')).toMatchObject({
      'x-patronus': { authentication: [{ within: 300, methods: ['otp'] }] },
      description: expect.stringContaining('a login within 300 seconds by `otp`'),
    });
  });

  it('describes every path of a handler, and none that is excluded', () => {
    const asked = {
      permissions: ['patients.read'],
      anyPermission: [['patients.audit', 'patients.own']],
    };
    for (const path of ['one', 'uno']) {
      expect(at(`/api/v1/patients/${path}`, 'get')).toMatchObject({
        security: WAYS,
        'x-patronus': asked,
      });
    }
    expect(document.paths['/api/v1/patients/hidden']).toBeUndefined();
  });

  it('describes every method of @All()', () => {
    const operations = Object.values(document.paths['/api/v1/open/any'] ?? {});
    expect(operations.length).toBeGreaterThan(6);
    for (const operation of operations) {
      expect(operation).toMatchObject({ security: [], 'x-patronus': { access: 'public' } });
    }
    expect(JSON.stringify(document)).not.toContain('patronus:label');
  });

  it('keeps versions apart', () => {
    expect(at('/api/v1/mixed/news', 'get')['security']).toEqual(WAYS);
    expect(at('/api/v2/mixed/news', 'get')['security']).toEqual([]);
  });

  it('offers nobody as a caller where authentication is optional', () => {
    expect(at('/api/v1/mixed/optional', 'get')['security']).toEqual([{}, ...WAYS]);
    expect(codes('/api/v1/mixed/optional', 'get')['401']).not.toContain('token_missing');
    expect(codes('/api/v1/mixed/news', 'get')['401']).toContain('token_missing');
  });

  it('asks for a proof, or a token of an issuer, where the route does', () => {
    expect(at('/api/v1/mixed/staff', 'get')).toMatchObject({
      security: [{ bearer: [] }, { cookie: [] }],
      'x-patronus': { issuers: ['https://staff.example'] },
      description: expect.stringContaining('a token of `https://staff.example`'),
    });
    const payOut = at('/api/v1/mixed/payouts', 'post');
    expect(payOut['security']).toEqual([{ dpop: [] }]);
    expect(payOut['parameters']).toContainEqual(
      expect.objectContaining({ name: 'DPoP', in: 'header', required: true }),
    );
  });

  it('takes its own word for a guarded route, and the application’s for a public one', () => {
    expect(at('/api/v1/mixed/audit', 'get')['security']).toEqual(WAYS);
    expect(at('/api/v1/open/webhook', 'post')['security']).toEqual([{ signature: [] }]);
  });

  it('lists the denials that are possible, and keeps what the application says of a status', () => {
    expect(codes('/api/v1/patients/{id}', 'patch')).toMatchObject({
      '403':
        '["csrf_rejected","tenant_required","tenant_mismatch","scope_denied","role_denied","permission_denied"]',
      '404': '["resource_not_found"]',
      '503': '["provider_unavailable"]',
    });
    expect(codes('/api/v1/mixed/audit', 'get')['403']).toBe(
      '["tenant_mismatch","permission_denied"]',
    );
    expect(at('/api/v1/patients/{id}', 'patch')['responses']).toMatchObject({
      '403': { description: 'Not your patient.' },
    });
    expect(Object.keys(codes('/api/v1/open/all', 'get'))).toEqual(['200']);
    expect(codes('/api/v1/patients/sign', 'delete')['401']).toContain('step_up_required');
  });

  it('names the header of the tenant where a tenant is needed', () => {
    const named = expect.objectContaining({ name: 'X-Empresa-Id', in: 'header', required: false });
    expect(at('/api/v1/patients/all', 'get')['parameters']).toContainEqual(named);
    expect(at('/api/v1/mixed/audit', 'get')['parameters']).not.toContainEqual(named);
    expect(at('/api/v1/open/all', 'get')['parameters']).not.toContainEqual(named);
  });

  it('is served, and describes what the server does', async () => {
    const url = await app.getUrl();
    const served = await fetch(`${url}/docs-json`);
    expect(await served.json()).toMatchObject({
      openapi: '3.0.0',
      paths: { '/api/v1/open/all': {} },
    });
    for (const [path, item] of Object.entries(document.paths)) {
      if (item.get === undefined) continue;
      const { status } = await fetch(`${url}${path.replace(/\{.*\}/, '1')}`);
      const { security = [] } = item.get;
      const lets = security.length === 0 || security.some((way) => Object.keys(way).length === 0);
      expect([path, status]).toEqual([path, lets ? 200 : 401]);
    }
  });

  it('has references that lead somewhere, and leaves the classes as they were', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, schema = ''] of references) {
      expect(document.components?.schemas).toHaveProperty(schema);
    }
    const plain = SwaggerModule.createDocument(app, config);
    expect(plain.paths['/api/v1/mixed/audit']?.get?.security).toEqual([{ bearer: [] }]);
    expect(plain.paths['/api/v1/mixed/news']?.get?.security).toBeUndefined();
    expect(JSON.stringify(plain)).not.toContain('patronus');
  });
});

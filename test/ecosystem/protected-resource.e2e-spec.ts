import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  Get,
  Injectable,
  type INestApplication,
  Module,
  VersioningType,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule, RequireAny, RequireScopes, roles, scopes } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { ADAPTERS } from '../core/adapters.js';

const ISSUER = 'https://id.novah.example';
const WELL_KNOWN = '.well-known/oauth-protected-resource';

@Controller('patients')
class PatientsController {
  @RequireScopes('patients:read', 'openid') @Get() list() {}
  @RequireScopes('patients:write') @Get('edit') edit() {}
  @RequireAny(scopes('audit:read'), roles('auditor')) @Get('audit') audit() {}
}

/** Guard of the application, which runs before every route. */
@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

function moduleOf(resource: string) {
  @Module({
    imports: [
      PatronusModule.forRoot({
        identityProvider: oidc({ issuer: ISSUER, audience: 'api' }),
        permissions: { scopes: { openid: [], profile: [] } },
        protectedResource: {
          resource,
          name: 'Clinic',
          documentation: 'https://novah.example/docs',
        },
      }),
    ],
    controllers: [PatientsController],
  })
  class ClinicModule {}
  return ClinicModule;
}

describe.each(ADAPTERS)('the metadata of a protected resource, on %s', (_name, adapter) => {
  const apps: INestApplication[] = [];

  async function listen(resource: string): Promise<string> {
    const app = await NestFactory.create(moduleOf(resource), adapter(), {
      abortOnError: false,
      logger: false,
    });
    apps.push(app);
    app.setGlobalPrefix('api');
    app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    app.useGlobalGuards(new NobodyGuard());
    app.enableCors({ origin: 'https://inspector.example' });
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  }

  let root: string;
  let nested: string;
  beforeAll(async () => {
    root = await listen('https://api.novah.example');
    nested = await listen('https://api.novah.example/mcp');
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
  });

  it('is at the root, open to everybody, and may be kept', async () => {
    const answer = await fetch(`${root}/${WELL_KNOWN}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
    expect(await answer.json()).toEqual({
      resource: 'https://api.novah.example',
      authorization_servers: [ISSUER],
      scopes_supported: ['audit:read', 'openid', 'patients:read', 'patients:write', 'profile'],
      bearer_methods_supported: ['header'],
      resource_name: 'Clinic',
      resource_documentation: 'https://novah.example/docs',
      dpop_signing_alg_values_supported: ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'RS256', 'PS256'],
    });
    // The guard of the application does run before its routes.
    expect((await fetch(`${root}/api/v1/patients`)).status).toBe(401);
  });

  it('is what every challenge of a 401 names', async () => {
    const challenge = async (headers: Record<string, string>) =>
      (await fetch(`${nested}/api/v1/patients`, { headers })).headers.get('www-authenticate');
    const parameter = `resource_metadata="https://api.novah.example/${WELL_KNOWN}/mcp"`;
    expect(await challenge({})).toBe(`Bearer realm="patronus", ${parameter}`);
    expect(await challenge({ authorization: 'Bearer nonsense' })).toBe(
      'Bearer realm="patronus", error="invalid_token", ' +
        `error_description="The token is malformed.", ${parameter}`,
    );
    const authorization = 'Bearer a, Bearer b';
    expect(await challenge({ authorization })).not.toContain('resource_metadata');
  });

  it('has the path of the resource behind its own, and is nowhere else', async () => {
    const answer = await fetch(`${nested}/${WELL_KNOWN}/mcp`);
    expect(await answer.json()).toMatchObject({ resource: 'https://api.novah.example/mcp' });
    for (const url of [
      `${nested}/${WELL_KNOWN}`,
      `${nested}/api/${WELL_KNOWN}/mcp`,
      `${nested}/mcp/${WELL_KNOWN}`,
      `${root}/${WELL_KNOWN}/mcp`,
    ]) {
      expect([url, (await fetch(url)).status]).toEqual([url, 404]);
    }
  });

  it('answers GET and HEAD, and pages that the application lets ask', async () => {
    const url = `${root}/${WELL_KNOWN}`;
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
    const { headers } = await fetch(url, { headers: { origin: 'https://inspector.example' } });
    expect(headers.get('access-control-allow-origin')).toBe('https://inspector.example');
  });

  it('looks at no credential', async () => {
    const authorization = 'Bearer nonsense';
    const { status } = await fetch(`${root}/${WELL_KNOWN}`, { headers: { authorization } });
    expect(status).toBe(200);
  });
});

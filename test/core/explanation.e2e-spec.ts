import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, type INestApplication, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  AuthEvents,
  type Credential,
  type DeniedEvent,
  Identity,
  IdentityProvider,
  PatronusModule,
  type PatronusModuleOptions,
  PermissionSource,
  RequireAnyPermission,
  RequirePermissions,
  RequirePlatformPermissions,
  RequireRoles,
} from '@patronus/nestjs';

/** Provider of tokens `<user>:<role>,<role>`. */
class RoleProvider extends IdentityProvider {
  override readonly name = 'roles';

  override async authenticate({ token }: Credential): Promise<Identity> {
    const [id = '', roles = ''] = token.split('.');
    return new Identity({
      id,
      issuer: 'https://id.example',
      provider: 'roles',
      tenantId: 'norte',
      roles: roles.split('-'),
      permissions: ['notes.list'],
      scopes: ['read'],
      expiresAt: Date.now() / 1000 + 60,
    });
  }
}

class RosterSource extends PermissionSource {
  override grantsOf() {
    return Promise.resolve({ roles: ['doctor'] });
  }
}

@Controller('notes')
class NotesController {
  @Get('read') @RequirePermissions('notes.read', 'notes.erase') read() {}
  @Get('write') @RequirePermissions('notes.write') write() {}
  @Get('any') @RequireAnyPermission('bills.read', 'bills.write') any() {}
  @Get('head') @RequireRoles('head') head() {}
  @Get('platform') @RequirePlatformPermissions('notes.read') platform() {}
}

const options: PatronusModuleOptions = {
  identityProvider: new RoleProvider(),
  tenancy: {},
  permissions: {
    roles: {
      reader: ['notes.read'],
      nurse: { inherits: ['reader'], permissions: ['beds.*'] },
      doctor: { inherits: ['nurse'], permissions: ['notes.write'] },
    },
    scopes: { read: ['notes.read', 'notes.erase'] },
  },
};

describe('an explanation', () => {
  let app: INestApplication;
  let heard: DeniedEvent[];
  const warned = jest.fn<(line: string) => void>();
  const environment = process.env['NODE_ENV'];

  beforeEach(() => {
    heard = [];
    jest.resetAllMocks();
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned);
    jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
  });
  afterEach(async () => {
    process.env['NODE_ENV'] = environment;
    await app?.close();
  });

  async function start(more: Partial<PatronusModuleOptions> = {}): Promise<void> {
    @Module({
      imports: [PatronusModule.forRoot({ ...options, ...more })],
      controllers: [NotesController],
    })
    class NotesModule {}
    app = await NestFactory.create(NotesModule, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    app.get(AuthEvents).on('denied', (event) => heard.push(event));
  }

  async function ask(path: string, token?: string): Promise<Record<string, unknown>> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${await app.getUrl()}/notes/${path}`, { headers });
    return (await response.json()) as Record<string, unknown>;
  }

  it('says through which inheritance a permission is held, and which one is missing', async () => {
    await start();
    await ask('read', 'ana.doctor');
    expect(heard[0]?.explanation).toEqual({
      access: 'authenticated',
      tenantOptional: false,
      caller: {
        user: 'ana',
        issuer: 'https://id.example',
        provider: 'roles',
        remembered: false,
        scopes: ['read'],
      },
      tenant: 'norte',
      grants: {
        source: 'the claims of the token',
        from: 'token',
        roles: ['doctor'],
        permissions: ['notes.list'],
        platformRoles: [],
        platformPermissions: [],
      },
      requirements: [
        {
          rule: "@RequirePermissions('notes.read', 'notes.erase')",
          met: false,
          authority: 'tenant',
          needs: [
            {
              name: 'notes.read',
              held: true,
              by: [{ pattern: 'notes.read', through: ['doctor', 'nurse', 'reader'] }],
              beyondScopes: false,
            },
            { name: 'notes.erase', held: false, by: [], beyondScopes: false },
          ],
        },
      ],
    });
  });

  it('says that a permission is granted, and out of reach of the scopes', async () => {
    await start();
    await ask('write', 'ana.doctor');
    expect(heard[0]?.explanation?.requirements).toMatchObject([
      { needs: [{ name: 'notes.write', held: false, beyondScopes: true }] },
    ]);
  });

  it.each([
    ['head', "@RequireRoles('head')", 'tenant'],
    ['any', "@RequireAnyPermission('bills.read', 'bills.write')", 'tenant'],
    ['platform', "@RequirePlatformPermissions('notes.read')", 'platform'],
  ])('names the rule and the authority of %s', async (path, rule, authority) => {
    await start();
    await ask(path, 'ana.reader');
    expect(heard[0]?.explanation?.requirements).toMatchObject([{ rule, authority, met: false }]);
  });

  it('says from which source and cache, and whether the caller was remembered', async () => {
    await start({ permissions: { ...options.permissions, source: new RosterSource() } });
    await ask('head', 'ana.reader');
    await ask('head', 'ana.reader');
    expect(heard.map(({ explanation }) => explanation?.caller?.remembered)).toEqual([false, true]);
    const asked = heard.map(({ explanation }) => explanation?.grants?.askedAt);
    expect(asked[0]).toMatch(/^\d{4}-/);
    expect(asked[1]).toBe(asked[0]);
    expect(heard[1]?.explanation?.grants).toMatchObject({
      source: 'RosterSource',
      from: 'source',
      roles: ['doctor'],
    });
  });

  it('stands in the log of operators, and not in the answer', async () => {
    await start();
    const body = await ask('read', 'ana.doctor');
    expect(Object.keys(body)).toEqual(['statusCode', 'code', 'message']);
    expect(warned.mock.calls.at(-1)?.[0]).toContain('"through":["doctor","nurse","reader"]');
  });

  it('stands in the answer in development, with the id of the decision', async () => {
    process.env['NODE_ENV'] = 'development';
    await start();
    const body = await ask('read', 'ana.doctor');
    expect(body).toMatchObject({
      code: 'permission_denied',
      decisionId: heard[0]?.decisionId,
      reason: expect.stringContaining('notes.erase'),
      explanation: { requirements: [{ met: false }] },
    });
    expect(await ask('read')).toMatchObject({
      code: 'token_missing',
      explanation: { requirements: [{ rule: expect.stringContaining('notes.read') }] },
    });
  });

  it('may be asked for by name, and withheld in development', async () => {
    await start({ explain: 'callers' });
    expect(await ask('read', 'ana.doctor')).toHaveProperty('explanation');
    await app.close();
    process.env['NODE_ENV'] = 'development';
    await start({ explain: 'operators' });
    expect(await ask('read', 'ana.doctor')).not.toHaveProperty('explanation');
  });

  it('is never for callers in production', async () => {
    process.env['NODE_ENV'] = 'production';
    await start();
    expect(await ask('read', 'ana.doctor')).not.toHaveProperty('explanation');
    await expect(start({ explain: 'callers' })).rejects.toThrow(/^explain: 'callers' would show/);
  });

  it('refuses an audience that there is not', async () => {
    const wrong = Reflect.apply(PatronusModule.forRoot, PatronusModule, [
      { ...options, explain: 'everybody' },
    ]);
    @Module({ imports: [wrong] })
    class WrongModule {}
    await expect(
      NestFactory.create(WrongModule, { logger: false, abortOnError: false }),
    ).rejects.toThrow(/^explain: everybody is neither/);
  });
});

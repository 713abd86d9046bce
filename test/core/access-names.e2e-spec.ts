import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, type INestApplication, Logger, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Access,
  type AccessRequirement,
  anyOf,
  ClaimsPermissionSource,
  type IdentityProvider,
  type PermissionSource,
  PatronusModule,
  permissions,
  platformPermissions,
  roles,
} from '@patronus/nestjs';
import { asUser, mockIdentity } from '@patronus/nestjs/testing';

const REQUIREMENTS: Readonly<Record<string, () => AccessRequirement>> = {
  granted: () => permissions('patients.read'),
  misspelt: () => permissions('pateints.read'),
  role: () => roles('docter'),
  platform: () => platformPermissions('patients.read'),
  branch: () => anyOf(permissions('pateints.read'), roles('nurse')),
};

@Controller()
class NotesController {
  constructor(private readonly access: Access) {}
  @Get('has/:name') has(@Param('name') name: string) {
    return this.access.has(REQUIREMENTS[name]?.() ?? permissions(`beds.move${name}`));
  }
  @Get('require/:name') require(@Param('name') name: string) {
    return this.access.require(REQUIREMENTS[name]?.() ?? roles('nobody'));
  }
}

describe('a name that Access is asked for and that no role grants', () => {
  let app: INestApplication | undefined;
  let warned: string[];
  beforeEach(() => {
    warned = [];
    const note = (line: string) => void (line.includes('_denied ') || warned.push(line));
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(note);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await app?.close();
  });

  async function start(source?: PermissionSource) {
    const identityProvider: IdentityProvider = mockIdentity();
    const declared = { doctor: ['patients.read'], nurse: ['beds.read'] };
    const options = { roles: declared, platformRoles: { STAFF: ['audit.read'] }, source };
    @Module({
      imports: [PatronusModule.forRoot({ identityProvider, permissions: options })],
      controllers: [NotesController],
    })
    class NotesModule {}
    const made = await NestFactory.create(NotesModule, { logger: ['warn'], abortOnError: false });
    app = made;
    await made.listen(0, '127.0.0.1');
    const url = await made.getUrl();
    return async (path: string) => {
      const answer = await fetch(`${url}/${path}`, { headers: asUser({ roles: ['nurse'] }) });
      return answer.status;
    };
  }

  it.each([
    [
      'has/misspelt',
      'No role grants "pateints.read", which Access.has in NotesController.has requires. Did you mean "patients.read"? Until then, only a token that names the permission itself is let in.',
    ],
    [
      'require/misspelt',
      'No role grants "pateints.read", which Access.require in NotesController.require requires. Did you mean "patients.read"? Until then, only a token that names the permission itself is let in.',
    ],
    [
      'has/role',
      '"docter", which Access.has in NotesController.has requires, is not a role of permissions.roles. Did you mean "doctor"?',
    ],
    [
      'has/platform',
      'No role grants "patients.read", which Access.has in NotesController.has requires. Grant it to a role of permissions.platformRoles. Until then, only a token that names the permission itself is let in.',
    ],
  ])('is warned of once a minute: %s', async (path, sentence) => {
    const ask = await start();
    await ask(path);
    await ask(path);
    expect(warned).toEqual([sentence]);
  });

  it('is no name that a role grants, to whomever it is denied', async () => {
    const ask = await start();
    expect(await ask('require/granted')).toBe(403);
    await ask('has/granted');
    expect(warned).toEqual([]);
  });

  it('is not looked for while another branch is met', async () => {
    const ask = await start();
    expect(await ask('require/branch')).toBe(200);
    expect(warned).toEqual([]);
  });

  it('is not known where a source may grant it', async () => {
    class OwnSource extends ClaimsPermissionSource {}
    const ask = await start(new OwnSource());
    await ask('has/misspelt');
    expect(warned).toEqual([]);
  });

  it('is warned of for twenty names at the most, which callers may make up', async () => {
    const ask = await start();
    for (let at = 0; at < 22; at += 1) await ask(`has/x${at}`);
    expect(warned).toHaveLength(20);
  });
});

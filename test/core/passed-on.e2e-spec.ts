import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Next, Param } from '@nestjs/common';
import {
  Authorize,
  CurrentTenant,
  PatronusModule,
  type PolicyContext,
  RequireRoles,
  Resource,
  ResourcePolicy,
} from '@patronus/nestjs';
import { ExpressAdapter } from '@nestjs/platform-express';
import { asUser, mockIdentity } from '@patronus/nestjs/testing';
import { listen, type ListeningApp } from './listening-app.js';

interface Note {
  readonly id: string;
  readonly tenant: string;
  readonly owner: string;
}

const NOTES: readonly Note[] = [
  { id: 'own', tenant: 'norte', owner: 'ana' },
  { id: 'other', tenant: 'norte', owner: 'leo' },
  { id: 'foreign', tenant: 'sur', owner: 'eva' },
];

@Injectable()
class OwnNote extends ResourcePolicy<Note> {
  override load({ params }: PolicyContext): Note | undefined {
    return NOTES.find(({ id }) => id === params['id']);
  }
  override tenantOf(note: Note): string {
    return note.tenant;
  }
  override permits(note: Note, { identity }: PolicyContext): boolean {
    return note.owner === identity.id;
  }
}

/** Routes that pass their request on to the next one, as a handler on Express can. */
@Controller()
class PassingController {
  @Get('notes/:id/*rest')
  @Authorize(OwnNote)
  first(@Next() next: () => void): void {
    next();
  }

  @Get('notes/:skipped/:id')
  @Authorize(OwnNote)
  second(@Param('id') id: string, @Resource() note: Note): object {
    return { id, note: note.id };
  }

  @Get(['twice/:id/*rest', 'twice/*skipped/:id'])
  @Authorize(OwnNote)
  twice(@Param() params: Record<string, string>, @Next() next: () => void): void {
    passed.push(params);
    next();
  }

  @Get('clinics/:clinic/*rest')
  @RequireRoles('doctor')
  clinic(@Next() next: () => void): void {
    next();
  }

  @Get('clinics/:skipped/:clinic')
  @RequireRoles('doctor')
  otherClinic(@Param('clinic') clinic: string, @CurrentTenant() tenant: string): object {
    return { clinic, tenant };
  }
}

let passed: Record<string, string>[] = [];

describe('a request that a handler passes on', () => {
  let running: ListeningApp;

  beforeAll(async () => {
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: mockIdentity(),
          tenancy: { path: 'clinic' },
        }),
      ],
      controllers: [PassingController],
      providers: [OwnNote],
    })
    class App {}
    running = await listen(App, new ExpressAdapter());
  });

  afterAll(() => running.app.close());

  const get = async (path: string) => {
    passed = [];
    const headers = asUser({ id: 'ana', tenantId: 'norte', roles: ['doctor'] });
    const response = await fetch(running.url + path, { headers });
    const body: unknown = await response.json();
    return { status: response.status, body };
  };

  it.each([
    ['/notes/own/own', { status: 200, body: { id: 'own', note: 'own' } }],
    ['/notes/own/other', { status: 403, body: { code: 'permission_denied' } }],
    ['/notes/own/foreign', { status: 404, body: { code: 'resource_not_found' } }],
    ['/notes/foreign/own', { status: 404, body: { code: 'resource_not_found' } }],
  ])('is judged by the resource of each route: %s', async (path, expected) => {
    expect(await get(path)).toMatchObject(expected);
  });

  it.each([
    ['/twice/own/foreign', { code: 'resource_not_found' }],
    ['/twice/own/other', { code: 'permission_denied' }],
  ])('is judged again if it matches the same handler again: %s', async (path, body) => {
    expect(await get(path)).toMatchObject({ body });
    expect(passed).toHaveLength(1);
  });

  it.each([
    ['/clinics/norte/norte', { status: 200, body: { clinic: 'norte', tenant: 'norte' } }],
    ['/clinics/norte/sur', { status: 403, body: { code: 'tenant_mismatch' } }],
    ['/clinics/sur/norte', { status: 403, body: { code: 'tenant_mismatch' } }],
  ])('has its tenant in the path of each route checked: %s', async (path, expected) => {
    expect(await get(path)).toMatchObject(expected);
  });
});

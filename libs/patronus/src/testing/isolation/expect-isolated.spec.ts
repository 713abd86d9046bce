import 'reflect-metadata';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Body,
  Controller,
  Delete,
  ForbiddenException,
  Get,
  Headers,
  type INestApplication,
  Module,
  NotFoundException,
  Param,
  Post,
  Put,
} from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { expectIsolated, type IsolationPlan } from '../index.js';

interface Note {
  readonly id: string;
  readonly tenant: string;
  text: string;
}

type Leak = 'list' | 'get' | 'change' | 'delete' | 'exists' | 'header' | 'echo' | 'create' | 'none';

let leak: Leak = 'none';
let notes: Note[] = [];

@Controller('notes')
class NotesController {
  private tenantOf(tenant: string, asked: string | undefined): string {
    if (asked === undefined || asked === tenant) return tenant;
    if (leak === 'header') return asked;
    throw new ForbiddenException();
  }
  private find(tenant: string, id: string, leaks: boolean): Note {
    const found = notes.find((note) => note.id === id && (leaks || note.tenant === tenant));
    if (found !== undefined) return found;
    const exists = notes.some((note) => note.id === id);
    if (exists && leak === 'exists') throw new ForbiddenException();
    if (exists && leak === 'echo') throw new NotFoundException('note-of-sur is in another tenant');
    throw new NotFoundException();
  }
  @Get() list(@Headers('x-as') tenant: string, @Headers('x-tenant') asked?: string) {
    const own = this.tenantOf(tenant, asked);
    return notes.filter((note) => leak === 'list' || note.tenant === own);
  }
  @Get(':id') get(
    @Headers('x-as') tenant: string,
    @Param('id') id: string,
    @Headers('x-tenant') asked?: string,
  ) {
    return this.find(this.tenantOf(tenant, asked), id, leak === 'get');
  }
  @Post() add(
    @Headers('x-as') tenant: string,
    @Body() body: { text: string },
    @Headers('x-tenant') asked?: string,
  ) {
    const own = this.tenantOf(tenant, asked);
    const added = { id: `${own}-${notes.length}`, tenant: own, text: body.text };
    if (leak === 'create') notes.push({ ...added, tenant: own === 'norte' ? 'sur' : 'norte' });
    else notes.push(added);
    return added;
  }
  @Put(':id') change(
    @Headers('x-as') tenant: string,
    @Param('id') id: string,
    @Body() body: { text: string },
    @Headers('x-tenant') asked?: string,
  ) {
    const own = this.tenantOf(tenant, asked);
    if (leak === 'change') {
      for (const note of notes) if (note.id === id) note.text = body.text;
    }
    const note = this.find(own, id, false);
    note.text = body.text;
    return note;
  }
  @Delete(':id') remove(
    @Headers('x-as') tenant: string,
    @Param('id') id: string,
    @Headers('x-tenant') asked?: string,
  ) {
    const note = this.find(this.tenantOf(tenant, asked), id, leak === 'delete');
    notes = notes.filter((one) => one !== note);
    return { removed: true };
  }
}

@Module({ imports: [DiscoveryModule], controllers: [NotesController] })
class NotesModule {}

const plan: IsolationPlan = {
  tenants: [
    { id: 'norte', headers: { 'x-as': 'norte' }, params: { id: 'n-1' }, marks: ['note-of-norte'] },
    { id: 'sur', headers: { 'x-as': 'sur' }, params: { id: 's-1' }, marks: ['note-of-sur'] },
  ],
  routes: [
    { method: 'GET', path: '/notes' },
    { method: 'GET', path: '/notes/:id' },
    { method: 'POST', path: '/notes', body: { text: 'new' } },
    { method: 'PUT', path: '/notes/:id', body: { text: 'changed' } },
    { method: 'DELETE', path: '/notes/:id' },
  ],
  except: {},
  tenantHeader: 'x-tenant',
};

describe('expectIsolated', () => {
  let app: INestApplication;
  beforeEach(async () => {
    leak = 'none';
    notes = [
      { id: 'n-1', tenant: 'norte', text: 'note-of-norte' },
      { id: 'n-2', tenant: 'norte', text: 'note-of-norte' },
      { id: 's-1', tenant: 'sur', text: 'note-of-sur' },
      { id: 's-2', tenant: 'sur', text: 'note-of-sur' },
    ];
    app ??= await NestFactory.create(NotesModule, { logger: false });
  });
  afterAll(() => app.close());

  it('passes where the tenants are apart, and says how much it tried', async () => {
    const report = await expectIsolated(app, plan);
    expect(report.routes).toBe(5);
    expect(report.requests).toBeGreaterThan(30);
  });

  it.each([
    ['list', 'GET /notes: shows "note-of-sur" of sur to norte'],
    ['get', 'GET /notes/:id: norte gets 200 for a resource of sur'],
    ['change', 'the data of sur changed through the attempts of the other tenant'],
    ['delete', 'DELETE /notes/:id: norte gets 200 for a resource of sur'],
    ['exists', 'GET /notes/:id: tells norte that a resource of sur exists'],
    ['echo', 'GET /notes/:id: shows "note-of-sur" of sur to norte'],
    ['header', 'GET /notes: norte gets 200 with the header of sur'],
    ['create', 'the data of sur changed through the writes of norte'],
  ] as const)('finds the leak %s', async (which, breach) => {
    leak = which;
    await expect(expectIsolated(app, plan)).rejects.toThrow(breach);
  });

  it('does not take a route for proven that its own people cannot use', async () => {
    const routes = [...plan.routes, { method: 'GET' as const, path: '/nowhere' }];
    await expect(expectIsolated(app, { ...plan, routes })).rejects.toThrow(
      'GET /nowhere: proves nothing: norte gets 404 from it',
    );
  });

  it('does not take marks for proven that nobody ever sees', async () => {
    const [norte, sur] = plan.tenants;
    const tenants = [{ ...norte, marks: ['never shown'] }, sur] as const;
    await expect(expectIsolated(app, { ...plan, tenants })).rejects.toThrow(
      'no route shows a mark of norte',
    );
  });

  it('asks for every route of the application, or a reason', async () => {
    const routes = plan.routes.filter(({ method }) => method !== 'PUT');
    await expect(expectIsolated(app, { ...plan, routes })).rejects.toThrow(
      'PUT /notes/:id: stands neither in routes nor in except',
    );
    const except = { 'PUT /notes/:id': 'tried elsewhere' };
    await expect(expectIsolated(app, { ...plan, routes, except })).resolves.toBeDefined();
  });

  it('names a parameter that no tenant gives', async () => {
    const routes = [{ method: 'GET' as const, path: '/notes/:other' }];
    await expect(expectIsolated(app, { tenants: plan.tenants, routes })).rejects.toThrow(
      '/notes/:other: no tenant gives a value for :other.',
    );
  });
});

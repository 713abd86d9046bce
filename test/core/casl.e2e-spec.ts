import 'reflect-metadata';
import { AbilityBuilder, createMongoAbility, type MongoAbility } from '@casl/ability';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { Identity, PatronusModule, type PolicyContext, Resource } from '@patronus/nestjs';
import { Can, CaslAbilities, CaslResource } from '@patronus/nestjs/casl';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

class Note {
  constructor(
    readonly id: string,
    readonly tenantId: string,
    readonly author: string,
    readonly state = 'open',
  ) {
    Object.freeze(this);
  }
}

const NOTES: readonly unknown[] = [
  new Note('n1', 'norte', 'ana'),
  new Note('n2', 'norte', 'bo'),
  new Note('closed', 'norte', 'ana', 'closed'),
  new Note('s1', 'sur', 'ana'),
];

@Injectable()
class NoteAbilities extends CaslAbilities {
  defined = 0;

  define(identity: Identity, tenantId: string | undefined) {
    this.defined += 1;
    if (identity.id === 'odd') throw new Error('odd');
    const { can, cannot, build } = new AbilityBuilder<MongoAbility>(createMongoAbility);
    can('read', 'Note', { tenantId });
    can('update', 'Note', { author: identity.id });
    cannot('update', 'Note', { state: 'closed' });
    return build();
  }
}

@Injectable()
class NoteResource extends CaslResource<Note> {
  readonly subjectType = 'Note';

  load({ params }: PolicyContext) {
    if (params['id'] === 'text') return JSON.parse('"a text"');
    return NOTES.find((note) => note instanceof Note && note.id === params['id']) as Note;
  }
  tenantOf(note: Note) {
    return typeof note === 'string' ? 'norte' : note.tenantId;
  }
}

@Controller()
class NotesController {
  handled = 0;

  @Get('read/:id') @Can('read', NoteResource) read(@Resource() note: Note) {
    this.handled += 1;
    return note;
  }
  @Get('update/:id') @Can('update', NoteResource) update(@Resource() note: Note) {
    this.handled += 1;
    return note;
  }
  @Get('delete/:id') @Can('delete', NoteResource) remove() {
    this.handled += 1;
  }
}

describe.each(ADAPTERS)('rules of CASL on a route, on %s', (_name, adapter) => {
  let running: ListeningApp;
  let abilities: NoteAbilities;

  beforeAll(async () => {
    @Module({
      imports: [
        PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), tenancy: {} }),
      ],
      controllers: [NotesController],
      providers: [NoteResource, { provide: CaslAbilities, useClass: NoteAbilities }],
    })
    class NotesModule {}
    running = await listen(NotesModule, adapter());
    abilities = running.app.get(CaslAbilities);
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    running.app.get(NotesController).handled = 0;
  });

  async function expectRefused(path: string, token: string, status: number, code: string) {
    const answer = await ask(running, path, token);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(running.app.get(NotesController).handled).toBe(0);
    return answer;
  }

  it('let the caller do what they say, and no more', async () => {
    await expectRefused('update/n2', 'ana.norte', 403, 'permission_denied');
    await expectRefused('update/closed', 'ana.norte', 403, 'permission_denied');
    await expectRefused('delete/n1', 'ana.norte', 403, 'permission_denied');
    expect((await ask(running, 'read/n2', 'ana.norte')).status).toBe(200);
    expect(await ask(running, 'update/n1', 'ana.norte')).toMatchObject({
      status: 200,
      body: { id: 'n1' },
    });
  });

  it('say nothing of a resource of another tenant, whoever wrote it', async () => {
    const unknown = await expectRefused('update/none', 'ana.norte', 404, 'resource_not_found');
    expect(await ask(running, 'update/s1', 'ana.norte')).toEqual(unknown);
    expect((await ask(running, 'update/s1', 'ana.sur')).status).toBe(200);
  });

  it('refuse where they cannot be made, or the resource is no object', async () => {
    await expectRefused('read/n1', 'odd.norte', 403, 'permission_denied');
    await expectRefused('read/text', 'ana.norte', 403, 'permission_denied');
  });

  it('are made once for an identity in a tenant', async () => {
    const before = abilities.defined;
    for (const path of ['read/n1', 'read/n2', 'update/n2']) await ask(running, path, 'bo.norte');
    expect(abilities.defined).toBe(before + 1);
    await ask(running, 'read/s1', 'bo.sur');
    expect(abilities.defined).toBe(before + 2);
  });

  it('are kept apart by tenant for one identity', () => {
    const identity = new Identity({ id: 'i', issuer: 'i', provider: 'p', expiresAt: 4e9 });
    const norte = abilities.abilityOf(identity, 'norte');
    expect(abilities.abilityOf(identity, 'norte')).toBe(norte);
    expect(abilities.abilityOf(identity, 'sur')).not.toBe(norte);
    expect(abilities.abilityOf(identity, undefined).rules).not.toEqual(norte.rules);
  });

  it.each([undefined, ''])('are not declared for the action %j', (action) => {
    expect(() => Reflect.apply(Can, undefined, [action, NoteResource])).toThrow('@Can(): ');
  });

  it('are not declared without a resource', () => {
    expect(() => Reflect.apply(Can, undefined, ['read', undefined])).toThrow("@Can('read'): ");
  });
});

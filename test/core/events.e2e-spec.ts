import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import {
  type AuthEvent,
  AuthEvents,
  AuthGuard,
  type DeniedEvent,
  PatronusModule,
  PermissionsGuard,
  Public,
  RequirePermissions,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

@Controller('notes')
class NotesController {
  handled = 0;

  @RequirePermissions('notes.read') @Get() list() {
    return (this.handled += 1);
  }
  @RequirePermissions('notes.write') @Get('write') write() {
    return 'written';
  }
  @Public() @Get('public') open() {
    return 'open';
  }
  @UseGuards(AuthGuard, PermissionsGuard) @Get('twice') twice() {
    return 'twice';
  }
}

@Injectable()
class Ear {
  readonly heard: DeniedEvent[] = [];

  @OnEvent('patronus.denied') hear(event: DeniedEvent) {
    this.heard.push(event);
  }
}

const patronus = PatronusModule.forRoot({
  identityProvider: new TokenTableProvider(),
  tenancy: { header: 'x-tenant' },
});

@Module({ imports: [patronus], controllers: [NotesController] })
class QuietModule {}

@Module({
  imports: [EventEmitterModule.forRoot(), patronus],
  controllers: [NotesController],
  providers: [Ear],
})
class EmitterModule {}

function get(on: ListeningApp, path: string, token?: string, headers: object = {}) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${on.url}/${path}`, { headers: { ...authorization, ...headers } });
}

describe.each(ADAPTERS)('security events, on %s', (_name, adapter) => {
  let running: ListeningApp;
  let ends: (() => void)[];

  beforeAll(async () => void (running = await listen(QuietModule, adapter())));
  beforeEach(() => void (ends = []));
  afterAll(() => running.app.close());

  const events = (): AuthEvents => running.app.get(AuthEvents);

  /** Runs a function, and returns every decision that it caused. */
  async function recorded(run: () => Promise<unknown>): Promise<AuthEvent[]> {
    const heard: AuthEvent[] = [];
    ends.push(
      events().on('allowed', (event) => heard.push(event)),
      events().on('denied', (event) => heard.push(event)),
    );
    await run().finally(() => ends.forEach((end) => end()));
    return heard;
  }

  it('tell who was allowed where, under the id that the answer has', async () => {
    let answer: Response | undefined;
    const heard = await recorded(async () => {
      answer = await get(running, 'notes?page=2', 'ana.norte');
    });
    expect(answer?.status).toBe(200);
    expect(heard).toEqual([
      {
        type: 'allowed',
        at: expect.any(Number),
        decisionId: answer?.headers.get('patronus-decision'),
        transport: 'http',
        route: 'NotesController.list',
        method: 'GET',
        path: '/notes',
        user: 'ana',
        issuer: 'token-table',
        tenant: 'norte',
      },
    ]);
  });

  it('tell who was denied where and why', async () => {
    let answer: Response | undefined;
    const heard = await recorded(async () => {
      answer = await get(running, 'notes/write', 'ana.norte');
    });
    expect(answer?.status).toBe(403);
    expect(heard).toEqual([
      {
        type: 'denied',
        at: expect.any(Number),
        code: 'permission_denied',
        reason: expect.stringContaining('needs permissions ["notes.write"]'),
        explanation: expect.objectContaining({ tenant: 'norte' }),
        decisionId: answer?.headers.get('patronus-decision'),
        transport: 'http',
        route: 'NotesController.write',
        method: 'GET',
        path: '/notes/write',
        user: 'ana',
        issuer: 'token-table',
        tenant: 'norte',
      },
    ]);
  });

  it.each([
    ['no token', undefined, {}, 'token_missing', undefined],
    ['a bad token', 'stranger', {}, 'token_invalid', undefined],
    ['no tenant', 'ana', {}, 'tenant_required', 'ana'],
    ['another tenant', 'ana.norte', { 'x-tenant': 'sur' }, 'tenant_mismatch', 'ana'],
  ])('tell of a caller with %s', async (_what, token, headers, code, user) => {
    let answer: Response | undefined;
    const heard = await recorded(async () => {
      answer = await get(running, 'notes', token, headers);
    });
    const decisionId = answer?.headers.get('patronus-decision');
    expect(decisionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(heard).toEqual([expect.objectContaining({ type: 'denied', code, decisionId, user })]);
  });

  it('tell of a public route, and of nobody there', async () => {
    const heard = await recorded(() => get(running, 'notes/public', 'ana.norte'));
    expect(heard).toEqual([
      expect.objectContaining({ type: 'allowed', route: 'NotesController.open', user: undefined }),
    ]);
  });

  it('are one for a request, though its guards stand twice', async () => {
    const heard = await recorded(() => get(running, 'notes/twice', 'ana.norte'));
    expect(heard).toHaveLength(1);
  });

  it('have an id of their own for each request, and none where nobody listens', async () => {
    const heard = await recorded(() =>
      Promise.all([1, 2, 3].map(() => get(running, 'notes', 'ana.norte'))),
    );
    expect(new Set(heard.map((event) => 'decisionId' in event && event.decisionId)).size).toBe(3);
    const unheard = await get(running, 'notes', 'ana.norte');
    expect(unheard.headers.get('patronus-decision')).toBeNull();
  });

  it('hold no token', async () => {
    const heard = await recorded(async () => {
      await get(running, 'notes', 's3cr3t.norte');
      await get(running, 'notes?access_token=s3cr3t');
      await get(running, 'notes?token=s3cr3t', 'stranger.s3cr3t');
      await get(running, 'notes', 'stranger.s3cr3t');
    });
    expect(heard.map(({ type }) => type)).toEqual(['allowed', 'denied', 'denied', 'denied']);
    const [, ...denials] = heard;
    expect(JSON.stringify(denials)).not.toContain('s3cr3t');
    expect(JSON.stringify(heard)).not.toContain('s3cr3t.norte');
  });

  it('deny a request whose permission could not be recorded', async () => {
    const { handled } = running.app.get(NotesController);
    ends.push(
      events().on('allowed', () => {
        throw new Error('the disk is full');
      }),
    );
    const heard = await recorded(async () => {
      const answer = await get(running, 'notes', 'ana.norte');
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'permission_denied' });
    });
    expect(heard.at(-1)).toMatchObject({
      type: 'denied',
      reason: 'the decision was not recorded',
    });
    expect(running.app.get(NotesController).handled).toBe(handled);
    expect((await get(running, 'notes', 'ana.norte')).status).toBe(200);
  });

  it('change nothing where a listener of denials fails', async () => {
    ends.push(
      events().on('denied', () => {
        throw new Error('the disk is full');
      }),
    );
    const heard = await recorded(async () => {
      const answer = await get(running, 'notes/write', 'ana.norte');
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'permission_denied' });
    });
    expect(heard).toHaveLength(1);
  });

  it('come through @nestjs/event-emitter, where the application has it', async () => {
    const emitting = await listen(EmitterModule, adapter());
    try {
      const answer = await get(emitting, 'notes/write', 'ana.norte');
      expect(answer.status).toBe(403);
      const allowed = await get(emitting, 'notes', 'ana.norte');
      expect(allowed.headers.get('patronus-decision')).not.toBeNull();
      expect(emitting.app.get(Ear).heard).toEqual([
        expect.objectContaining({
          type: 'denied',
          code: 'permission_denied',
          user: 'ana',
          tenant: 'norte',
          decisionId: answer.headers.get('patronus-decision'),
        }),
      ]);
    } finally {
      await emitting.app.close();
    }
  });
});

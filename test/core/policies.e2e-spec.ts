import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module, NotFoundException } from '@nestjs/common';
import { AuthEvents, type DeniedEvent, PatronusError, PatronusModule } from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import {
  Appointments,
  AppointmentsController,
  MovesController,
  CanEditAppointment,
  CanMoveAppointment,
  OwnAppointment,
} from './appointments.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

const NOT_FOUND = {
  status: 404,
  body: {
    statusCode: 404,
    code: 'resource_not_found',
    message: 'There is nothing here under that name.',
  },
  challenge: null,
};

describe.each(ADAPTERS)('policies on a resource, on %s', (_name, adapter) => {
  let running: ListeningApp;
  let appointments: Appointments;
  let controller: AppointmentsController;
  let denials: DeniedEvent[];

  beforeAll(async () => {
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: new TokenTableProvider(),
          tenancy: {},
          permissions: {
            timeout: 1,
            source: ({ identity }) => ({
              permissions: identity.id === 'intern' ? [] : ['appointments.write'],
              ...(identity.id === 'boss' && { roles: ['manager'] }),
            }),
            roles: { manager: ['appointments.*'] },
          },
        }),
      ],
      controllers: [AppointmentsController, MovesController],
      providers: [Appointments, CanEditAppointment, CanMoveAppointment, OwnAppointment],
    })
    class AgendaModule {}
    running = await listen(AgendaModule, adapter());
    appointments = running.app.get(Appointments);
    controller = running.app.get(AppointmentsController);
    running.app.get(AuthEvents).on('denied', (event) => denials.push(event));
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    appointments.loads = 0;
    appointments.failure = undefined;
    controller.handled = 0;
    denials = [];
  });

  const denied = (code: string, status = 403) =>
    expect.objectContaining({ status, body: expect.objectContaining({ code }) });

  it('hands a resource that the caller may edit to the handler, loaded once', async () => {
    expect(await ask(running, 'edit/n1', 'ana.norte')).toMatchObject({
      status: 200,
      body: { id: 'n1', title: 'Norte, first' },
    });
    expect(appointments.loads).toBe(1);
    expect((await ask(running, 'guarded-twice/n1', 'ana.norte')).status).toBe(200);
    expect(appointments.loads).toBe(2);
  });

  it('names the scopes that a policy asked for and the token does not hold', async () => {
    expect(await ask(running, 'edit/scoped', 'ana.norte')).toEqual({
      status: 403,
      body: expect.objectContaining({ code: 'scope_denied' }),
      challenge: expect.stringMatching(
        /error="insufficient_scope", .*scope="notes.read notes.list"$/,
      ),
    });
    expect(denials).toEqual([
      expect.objectContaining({ reason: '@Authorize(CanEditAppointment) refuses' }),
    ]);
    expect((await ask(running, 'edit/either', 'ana.norte')).status).toBe(200);
    const other = await ask(running, 'edit/n2', 'ana.norte');
    expect(other).toEqual(denied('permission_denied'));
    expect(other.challenge).not.toContain('scope=');
  });

  it('answers alike for an unknown id and for one of another tenant', async () => {
    const foreign = await ask(running, 'edit/s1', 'ana.norte');
    expect(foreign).toEqual(NOT_FOUND);
    expect(await ask(running, 'edit/nothing', 'ana.norte')).toEqual(foreign);
    expect((await ask(running, 'edit/s1', 'ana.sur')).status).toBe(200);
    expect(controller.handled).toBe(1);
    expect(JSON.stringify(denials)).not.toMatch(/sur/i);
  });

  it('does so for whom holds every permission, and for what belongs to no tenant', async () => {
    expect((await ask(running, 'edit/n2', 'boss.norte')).status).toBe(200);
    expect(await ask(running, 'edit/s1', 'boss.norte')).toEqual(NOT_FOUND);
    expect(await ask(running, 'edit/shared', 'boss.norte')).toEqual(NOT_FOUND);
  });

  it('refuses where the policy does not permit', async () => {
    expect(await ask(running, 'edit/n2', 'ana.norte')).toEqual(denied('permission_denied'));
    expect(controller.handled).toBe(0);
    expect(denials).toEqual([
      expect.objectContaining({ reason: '@Authorize(CanEditAppointment) refuses' }),
    ]);
  });

  it.each<unknown>(['true', 1, null, {}])(
    'takes nothing but true for a yes, not %j',
    async (answer) => {
      appointments.answer = answer;
      expect(await ask(running, 'edit/n1', 'ana.norte')).toEqual(denied('permission_denied'));
      appointments.answer = true;
      expect((await ask(running, 'edit/n1', 'ana.norte')).status).toBe(200);
    },
  );

  it('loads nothing for a caller without the permission of the route', async () => {
    expect(await ask(running, 'edit/n1', 'intern.norte')).toEqual(denied('permission_denied'));
    expect(await ask(running, 'edit/n1')).toEqual(denied('token_missing', 401));
    expect(appointments.loads).toBe(0);
  });

  it('is an outage where loading fails or hangs', async () => {
    for (const failure of [new Error('down'), 'hang'] as const) {
      appointments.failure = failure;
      expect(await ask(running, 'edit/n1', 'ana.norte')).toEqual(
        denied('provider_unavailable', 503),
      );
    }
    expect(controller.handled).toBe(0);
  });

  it('passes on what loading says itself', async () => {
    appointments.failure = new NotFoundException('Appointment n1 of sur');
    expect(await ask(running, 'edit/n1', 'ana.norte')).toEqual(NOT_FOUND);
    appointments.failure = new PatronusError('step_up_required');
    expect(await ask(running, 'edit/n1', 'ana.norte')).toEqual(denied('step_up_required', 401));
  });

  it('refuses where the policy throws or hangs', async () => {
    for (const id of ['throws', 'hangs']) {
      expect(await ask(running, `edit/${id}`, 'ana.norte')).toEqual(denied('permission_denied'));
    }
    expect(await ask(running, 'edit/rethrows', 'ana.norte')).toEqual(NOT_FOUND);
    expect(controller.handled).toBe(0);
  });

  it('knows nothing of a resource whose tenant cannot be read', async () => {
    expect(await ask(running, 'edit/broken', 'ana.norte')).toEqual(NOT_FOUND);
  });

  it('lets nobody in but the owner', async () => {
    expect((await ask(running, 'own/n1', 'ana.norte')).status).toBe(200);
    expect(await ask(running, 'own/n1', 'boss.norte')).toEqual(denied('permission_denied'));
    expect(await ask(running, 'own/n1', 'ana.sur')).toEqual(NOT_FOUND);
    expect(await ask(running, 'own/ownerless', 'ana.norte')).toEqual(denied('permission_denied'));
  });

  it('tells owners of one id apart by their issuer, where it is named', async () => {
    expect((await ask(running, 'own/issuer', 'ana.norte')).status).toBe(200);
    expect(await ask(running, 'own/other-issuer', 'ana.norte')).toEqual(
      denied('permission_denied'),
    );
  });

  it('asks every policy, of the class and of the handler', async () => {
    expect(await ask(running, 'move/n1?to=n3', 'ana.norte')).toMatchObject({
      status: 200,
      body: { from: 'n1', to: 'n3' },
    });
    expect(await ask(running, 'move/n1?to=n2', 'ana.norte')).toEqual(denied('permission_denied'));
    expect(await ask(running, 'move/n2?to=n3', 'ana.norte')).toEqual(denied('permission_denied'));
    expect(await ask(running, 'move/n1?to=s1', 'ana.norte')).toEqual(NOT_FOUND);
    expect(running.app.get(MovesController).handled).toBe(1);
  });

  it('fails rather than guesses which resource is meant', async () => {
    expect((await ask(running, 'unclear/n1?to=n3', 'ana.norte')).status).toBe(500);
    expect((await ask(running, 'none', 'ana.norte')).status).toBe(500);
    expect(controller.handled).toBe(0);
  });
});

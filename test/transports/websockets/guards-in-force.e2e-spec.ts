import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Module, UseGuards } from '@nestjs/common';
import { ApplicationConfig, ModuleRef } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { RequirePermissions } from '@patronus/nestjs';
import { BOTH, expectedOf, GuardBed, type Guards, MANUAL, rowOf } from '../guard-readings.js';
import { gatewayAt, LIBRARIES, RunningGateways } from './libraries.js';

const bed = new GuardBed();

describe.each(LIBRARIES)('gateways on %s', (_name, library) => {
  const handlers = (guards: Guards) => {
    class Handlers {
      @RequirePermissions('notes.write')
      @UseGuards(...guards)
      @SubscribeMessage('say')
      say() {
        return { event: 'answer', data: 'in' };
      }
    }
    return Handlers;
  };

  async function said(url: string, token?: string): Promise<unknown> {
    const caller = library.call(`${url}/x`, token === undefined ? {} : { token });
    try {
      const [first, about] = (await caller.next()) as [string, { code?: string }];
      if (first !== 'connect') return about.code;
      const [event, data] = (await caller.ask('say')) as [string, { code?: string }];
      return event === 'answer' ? data : data.code;
    } finally {
      caller.close();
    }
  }

  it.each(MANUAL)('with %s: what is read is what happens', async (_which, guards, reading) => {
    const running = await RunningGateways.start(
      library,
      [gatewayAt(library, 'x', handlers(guards))],
      {
        guards: 'manual',
      },
    );
    bed.keep(running.app);
    expect(rowOf(running.app, /say/)).toMatchObject(reading);
    const [anonymous, known] = expectedOf(reading);
    expect(await said(running.url)).toBe(anonymous);
    expect(await said(running.url, 'ana.norte')).toBe(known);
  });

  it('counts no global guard that a module adds once the gateways are bound', async () => {
    @Module({})
    class AddingModule {
      constructor(
        private readonly config: ApplicationConfig,
        private readonly modules: ModuleRef,
      ) {}
      configure() {
        const find = (guard: Guards[number]) => this.modules.get(guard, { strict: false });
        this.config.useGlobalGuards(...BOTH.map(find));
      }
    }
    const options = { guards: 'manual' as const, imports: [AddingModule] };
    const gateways = [gatewayAt(library, 'x', handlers([]))];
    const running = await RunningGateways.start(library, gateways, options);
    bed.keep(running.app);
    expect(rowOf(running.app, /say/)).toMatchObject({ guards: [], enforces: 'nothing' });
    expect(await said(running.url, 'ana.norte')).toBe('in');
    // The check of the connection counts the same guards as the report.
    expect(await said(running.url)).toBe('in');
    const enforced = { ...options, coverage: 'enforce' as const };
    await expect(RunningGateways.start(library, gateways, enforced)).rejects.toThrow(
      /MESSAGE say \(Gateway\.say\) lacks /,
    );
  });

  it.each(MANUAL)(
    'with %s: enforced, starts if nothing is missing',
    async (_which, guards, reading) => {
      const gateways = [gatewayAt(library, 'x', handlers(guards))];
      const start = RunningGateways.start(library, gateways, {
        guards: 'manual',
        coverage: 'enforce',
      });
      if (reading.missingGuards?.length === 0) bed.keep((await start).app);
      else await expect(start).rejects.toThrow(/MESSAGE say \(Gateway\.say\) lacks /);
    },
  );
});

describe('a gateway whose transport is not listed', () => {
  it('is warned of at start', async () => {
    @WebSocketGateway()
    class ChatGateway {
      @RequirePermissions('notes.read') @SubscribeMessage('say') say() {}
    }
    await (await bed.make({ providers: [ChatGateway] }, {})).init();
    expect(bed.warnings(/./)).toEqual([
      'MESSAGE say (ChatGateway.say) will refuse every call: the option "transports" lists none for ws. Add webSockets() of @patronus/nestjs/websockets to it.',
    ]);
  });
});

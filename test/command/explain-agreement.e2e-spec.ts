import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthEvents, PatronusModule } from '@patronus/nestjs';
import { readCall } from '../../libs/patronus/src/command/explain/call.js';
import { findHandler } from '../../libs/patronus/src/command/explain/find-handler.js';
import { judgeCall, type Judgement } from '../../libs/patronus/src/command/explain/judge-call.js';
import {
  byName,
  type Header,
  presentRequest,
} from '../../libs/patronus/src/command/explain/presented-request.js';
import { ADAPTERS } from '../core/adapters.js';
import { Bears, ROWS } from '../transports/behaviour-table.js';
import { type Presented, TransportBed } from '../transports/transport-bed.js';

@Controller()
class NotesController {
  @Get('open') @Bears('open') open() {}
  @Get('optional') @Bears('optional') optional() {}
  @Get('closed') @Bears('closed') closed() {}
  @Get('anywhere') @Bears('anywhere') anywhere() {}
  @Get('read') @Bears('read') read() {}
  @Get('write') @Bears('write') write() {}
  @Get('either') @Bears('either') either() {}
  @Get('doctor') @Bears('doctor') doctor() {}
  @Get('scoped') @Bears('scoped') scoped() {}
  @Get('platform') @Bears('platform') platform() {}
  @Get('recent') @Bears('recent') recent() {}
  @Get('bound') @Bears('bound') bound() {}
  @Get('ofIssuer') @Bears('ofIssuer') ofIssuer() {}
  @Get('anyDoctor') @Bears('anyDoctor') anyDoctor() {}
  @Get('staff') @Bears('staff') staff() {}
  @Get('anyStaff') @Bears('anyStaff') anyStaff() {}
  @Get('anyPlatform') @Bears('anyPlatform') anyPlatform() {}
  @Get('eitherAuthority') @Bears('eitherAuthority') eitherAuthority() {}
  @Get('eitherScope') @Bears('eitherScope') eitherScope() {}
  @Get('asked') @Bears('asked') asked() {}
  @Get('inside') @Bears('inside') inside() {}
}

function headersOf({ authorization, tenant }: Presented): readonly Header[] {
  return [
    ...(tenant === undefined ? [] : [['x-empresa-id', tenant] as const]),
    ...(authorization === undefined ? [] : [['authorization', authorization] as const]),
  ];
}

describe.each(ADAPTERS)('patronus explain and the guards, %s', (_name, adapter) => {
  let bed: TransportBed;
  let running: INestApplication;
  let loaded: INestApplication;
  const told: string[] = [];

  beforeAll(async () => {
    bed = await TransportBed.start();
    const make = () => {
      @Module({ imports: [PatronusModule.forRoot(bed.options())], controllers: [NotesController] })
      class NotesModule {}
      return NestFactory.create(NotesModule, adapter(), { logger: false, abortOnError: false });
    };
    [running, loaded] = [await make(), await make()];
    await running.listen(0, '127.0.0.1');
    await bed.revoke();
    for (const type of ['allowed', 'denied'] as const) {
      loaded.get(AuthEvents).on(type, () => told.push(type));
    }
  });
  afterAll(async () => {
    await Promise.all([running.close(), loaded.close()]);
    await bed.stop();
  });

  async function answered(path: string, presented: Presented): Promise<string> {
    const headers = byName(headersOf(presented));
    const response = await fetch(`${await running.getUrl()}${path}`, { headers });
    if (response.status === 200) return 'allowed';
    const { code } = (await response.json()) as { code: string };
    return code;
  }

  function judge(path: string, presented: Presented): Promise<Judgement> {
    const call = readCall('GET', path);
    const headers = headersOf(presented);
    const { handler, params } = findHandler(loaded, call, byName(headers));
    return judgeCall(loaded, handler, presentRequest(call, params, headers));
  }

  it.each(ROWS)('agree on %s, %s: %j', async (operation, caller) => {
    const presented = bed.presentedBy(caller);
    const expected = await answered(`/${operation}`, presented);
    const { verdict, code } = await judge(`/${operation}`, presented);
    expect(code ?? verdict).toBe(expected);
    expect(verdict).toBe(expected === 'allowed' ? 'allowed' : 'denied');
  });

  it('tell nobody of what did not happen', () => {
    expect(told).toEqual([]);
  });
});

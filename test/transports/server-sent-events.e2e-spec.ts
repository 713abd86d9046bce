import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type INestApplication, type MessageEvent, Module, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Access,
  CurrentUser,
  type Identity,
  PatronusModule,
  permissions,
  TenantContext,
} from '@patronus/nestjs';
import { defer, delay, type Observable, of, repeat } from 'rxjs';
import { ADAPTERS } from '../core/adapters.js';
import { type Answer, Bears } from './behaviour-table.js';
import { itBehaves, type Outcome, type Presented, TransportBed } from './transport-bed.js';

@Controller()
class StreamsController {
  constructor(
    private readonly tenant: TenantContext,
    private readonly access: Access,
  ) {}

  @Sse('open') @Bears('open') open(@CurrentUser() user?: Identity) {
    return this.stream(user);
  }
  @Sse('optional') @Bears('optional') optional(@CurrentUser() user?: Identity) {
    return this.stream(user);
  }
  @Sse('closed') @Bears('closed') closed(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('anywhere') @Bears('anywhere') anywhere(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('read') @Bears('read') read(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('write') @Bears('write') write(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('either') @Bears('either') either(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('doctor') @Bears('doctor') doctor(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('scoped') @Bears('scoped') scoped(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('platform') @Bears('platform') platform(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('recent') @Bears('recent') recent(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('bound') @Bears('bound') bound(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('ofIssuer') @Bears('ofIssuer') ofIssuer(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('anyDoctor') @Bears('anyDoctor') anyDoctor(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('staff') @Bears('staff') staff(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('anyStaff') @Bears('anyStaff') anyStaff(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('anyPlatform') @Bears('anyPlatform') anyPlatform(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('eitherAuthority') @Bears('eitherAuthority') eitherAuthority(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('eitherScope') @Bears('eitherScope') eitherScope(@CurrentUser() user: Identity) {
    return this.stream(user);
  }
  @Sse('asked') @Bears('asked') async asked(@CurrentUser() user: Identity) {
    await this.access.require(permissions('notes.write'));
    return this.stream(user);
  }
  @Sse('inside') @Bears('inside') inside() {
    return of({ data: this.tenant.id });
  }

  /** Five events, each of which reads the tenant when it is made. */
  private stream(user: Identity | undefined): Observable<MessageEvent> {
    return defer(() => of({ data: { user: user?.id ?? null, tenant: this.tenant.idOrNull } })).pipe(
      delay(1),
      repeat(5),
    );
  }
}

describe.each(ADAPTERS)('the behaviour table on server-sent events, %s', (_name, adapter) => {
  let bed: TransportBed;
  let app: INestApplication;
  beforeAll(async () => {
    bed = await TransportBed.start();
    @Module({ imports: [PatronusModule.forRoot(bed.options())], controllers: [StreamsController] })
    class StreamsModule {}
    app = await NestFactory.create(StreamsModule, adapter(), {
      logger: false,
      abortOnError: false,
    });
    await app.listen(0, '127.0.0.1');
    await bed.revoke();
  });
  afterAll(async () => {
    await app.close();
    await bed.stop();
  });

  async function ask(path: string, { authorization, tenant }: Presented): Promise<Response> {
    return fetch(`${await app.getUrl()}/${path}`, {
      headers: {
        accept: 'text/event-stream',
        ...(authorization !== undefined && { authorization }),
        ...(tenant !== undefined && { 'x-empresa-id': tenant }),
      },
    });
  }

  itBehaves(
    () => bed,
    async (operation, presented): Promise<Outcome> => {
      const response = await ask(operation, presented);
      if (response.ok) {
        const [answer] = eventsIn(await response.text());
        return { answer: answer ?? { user: 'no event', tenant: null } };
      }
      const { code, message } = (await response.json()) as { code: string; message: string };
      return { code, message, decisionId: response.headers.get('patronus-decision') ?? '' };
    },
  );

  it('keeps the tenant of a stream through all of its events, a hundred at once', async () => {
    const streams = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const caller = index % 2 === 0 ? 'reader' : 'doctor';
        return eventsIn(await (await ask('closed', bed.presentedBy(caller))).text());
      }),
    );
    for (const [index, events] of streams.entries()) {
      const tenant = index % 2 === 0 ? 'norte' : 'sur';
      expect(events.map((event) => event.tenant)).toEqual(Array.from({ length: 5 }, () => tenant));
    }
  });
});

/** The data of the events of a stream (WHATWG HTML, section 9.2). */
function eventsIn(text: string): readonly Answer[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line): Answer => JSON.parse(line.slice('data: '.length)));
}

import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InterceptingCall, Metadata, type NextCall, type InterceptorOptions } from '@grpc/grpc-js';
import { Controller, Get, type INestApplication, type INestMicroservice } from '@nestjs/common';
import {
  type ClientGrpcProxy,
  ClientProxyFactory,
  GrpcMethod,
  GrpcStreamMethod,
  Payload,
} from '@nestjs/microservices';
import { CurrentUser, type Identity, TenantContext } from '@patronus/nestjs';
import { TestIssuer } from '@patronus/nestjs/testing';
import { firstValueFrom, map, type Observable, of, take, toArray } from 'rxjs';
import { withIdentity } from '@patronus/nestjs/microservices';
import { type GrpcService, grpcConnection } from './grpc-notes.js';
import { guardedBy, moduleOf, startHttp, startService } from './relay.js';

/** Metadata that an application shares between callers. */
const shared = new Metadata();
shared.set('note', 'mine');
shared.set('authorization', 'Bearer stale');

const intercepted: string[] = [];
function ofTheApplication(options: InterceptorOptions, nextCall: NextCall) {
  intercepted.push(options.method_definition.path);
  return new InterceptingCall(nextCall(options));
}

function lastService() {
  @Controller()
  class LastController {
    constructor(readonly tenant: TenantContext) {}

    @GrpcMethod('Notes', 'Closed') closed(@CurrentUser() user: Identity) {
      return { user: user.id, tenant: this.tenant.id };
    }

    @GrpcStreamMethod('Streams', 'Talk')
    talk(@Payload() questions: Observable<object>, @CurrentUser() user: Identity) {
      return questions.pipe(map(() => ({ user: user.id, tenant: this.tenant.id })));
    }

    @GrpcStreamMethod('Streams', 'Collect')
    collect(@Payload() questions: Observable<object>, @CurrentUser() user: Identity) {
      return questions.pipe(
        take(1),
        map(() => ({ user: user.id, tenant: this.tenant.id })),
      );
    }
  }
  return LastController;
}

function middleService(last: GrpcService) {
  @Controller()
  class MiddleController {
    @GrpcMethod('Notes', 'Closed') closed() {
      return last['Closed']?.({});
    }
  }
  return MiddleController;
}

function firstService(
  middle: GrpcService,
  last: { readonly notes: GrpcService; readonly streams: GrpcService },
) {
  @Controller()
  class FirstController {
    constructor(readonly tenant: TenantContext) {}

    @Get('relay') relay() {
      return middle['Closed']?.({});
    }
    @Get('after') after() {
      return last.notes['Closed']?.({}).pipe(
        map((answer) => Object.assign({ after: this.tenant.id }, answer)),
      );
    }
    @Get('shared') shared() {
      return last.notes['Closed']?.({}, shared);
    }
    @Get('intercepted') intercepted() {
      return last.notes['Closed']?.({}, { interceptors: [ofTheApplication] });
    }
    @Get('talk') talk() {
      return last.streams['Talk']?.(of({}, {})).pipe(toArray());
    }
    @Get('talk-shared') talkShared() {
      return last.streams['Talk']?.(of({}), shared).pipe(toArray());
    }
    @Get('collect') collect() {
      return last.streams['Collect']?.(of({}));
    }
  }
  return FirstController;
}

describe('withIdentity over gRPC', () => {
  const clients: ClientGrpcProxy[] = [];
  const services: INestMicroservice[] = [];
  let issuer: TestIssuer;
  let first: INestApplication;
  let tokens: Record<'ana' | 'beto', string>;
  let alone: ClientGrpcProxy;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    const tokenOf = (sub: string) => issuer.token({ sub, empresas: ['norte', 'sur'] });
    tokens = { ana: await tokenOf('ana'), beto: await tokenOf('beto') };
    const [ofMiddle, ofLast] = [await grpcConnection(), await grpcConnection()];
    const toMiddle = ClientProxyFactory.create(ofMiddle);
    alone = ClientProxyFactory.create(ofLast);
    clients.push(toMiddle, alone);
    const toLast = withIdentity(alone);
    const notes = toLast.getService<GrpcService>('Notes');
    const streams = toLast.getService<GrpcService>('Streams');
    const guard = () => guardedBy(issuer.url);
    services.push(await startService(moduleOf(guard(), lastService()), ofLast));
    services.push(await startService(moduleOf(guard(), middleService(notes)), ofMiddle));
    const relay = withIdentity(toMiddle).getService<GrpcService>('Notes');
    first = await startHttp(moduleOf(guard(), firstService(relay, { notes, streams })));
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    for (const app of [first, ...services]) await app.close();
    await issuer.stop();
  });

  async function get(path: string, user: keyof typeof tokens, tenant: string): Promise<unknown> {
    const response = await fetch(`${await first.getUrl()}/${path}`, {
      headers: { authorization: `Bearer ${tokens[user]}`, 'x-empresa-id': tenant },
    });
    return response.json();
  }

  it.each(['relay', 'shared', 'intercepted', 'collect'])(
    'keeps the caller and the tenant: %s',
    async (path) => {
      expect(await get(path, 'ana', 'sur')).toEqual({ user: 'ana', tenant: 'sur' });
      expect(await get(path, 'beto', 'norte')).toEqual({ user: 'beto', tenant: 'norte' });
    },
  );

  it.each([
    ['talk', 2],
    ['talk-shared', 1],
  ])('keeps them in streams both ways: %s', async (path, messages) => {
    const answers = Array.from({ length: messages }, () => ({ user: 'ana', tenant: 'sur' }));
    expect(await get(path, 'ana', 'sur')).toEqual(answers);
  });

  it('hears answers in the context of the call', async () => {
    const answers = await Promise.all(
      ['norte', 'sur', 'norte'].map((tenant) => get('after', 'beto', tenant)),
    );
    expect(answers).toEqual(
      ['norte', 'sur', 'norte'].map((tenant) => ({ user: 'beto', tenant, after: tenant })),
    );
  });

  it("leaves the application's metadata and interceptors as they are", () => {
    expect(shared.getMap()).toEqual({ note: 'mine', authorization: 'Bearer stale' });
    expect(intercepted).toEqual(['/notes.Notes/Closed', '/notes.Notes/Closed']);
  });

  it('keeps 100 calls of 10 tenants apart that run at once', async () => {
    const tenants = Array.from({ length: 10 }, (_, index) => `t${index}`);
    const token = await issuer.token({ sub: 'svc', empresas: tenants });
    const notes = withIdentity(alone, { token }).getService<GrpcService>('Notes');
    const context = first.get(TenantContext);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        context.run(`t${index % 10}`, () => firstValueFrom(notes['Closed']?.({}) ?? of())),
      ),
    );
    expect(answers).toEqual(
      Array.from({ length: 100 }, (_, index) => ({ user: 'svc', tenant: `t${index % 10}` })),
    );
  });

  it('throws in a job', () => {
    const notes = withIdentity(alone).getService<GrpcService>('Notes');
    expect(() => notes['Closed']?.({})).toThrow(expect.objectContaining({ code: 'token_missing' }));
  });
});

import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  type ClientGrpcProxy,
  GrpcMethod,
  GrpcStreamCall,
  GrpcStreamMethod,
  Payload,
} from '@nestjs/microservices';
import {
  CurrentUser,
  type Identity,
  PatronusModule,
  Public,
  RequirePermissions,
  TenantContext,
} from '@patronus/nestjs';
import {
  catchError,
  interval,
  lastValueFrom,
  map,
  type Observable,
  of,
  ReplaySubject,
  take,
  tap,
  toArray,
} from 'rxjs';
import { microservices } from '@patronus/nestjs/microservices';
import type { Answer } from '../behaviour-table.js';
import { TransportBed } from '../transport-bed.js';
import { type GrpcService, grpcConnection, metadataOf } from './grpc-notes.js';

type Question = object;

const handled: string[] = [];

@Controller()
class StreamsController {
  constructor(private readonly tenant: TenantContext) {}

  @GrpcMethod('Streams', 'Watch')
  @RequirePermissions('notes.read')
  watch(): Observable<unknown> {
    return interval(1).pipe(
      take(2),
      map(() => ({ tenant: this.tenant.id })),
    );
  }

  @GrpcStreamMethod('Streams', 'Talk')
  @RequirePermissions('notes.read')
  talk(@Payload() questions: Observable<Question>, @CurrentUser() user: Identity) {
    handled.push('talk');
    return questions.pipe(map(() => ({ user: user.id, tenant: this.tenant.id })));
  }

  @RequirePermissions('notes.read')
  @GrpcStreamMethod('Streams', 'Collect')
  collect(questions: Observable<Question>, ..._rest: unknown[]): Observable<unknown> {
    handled.push('collect');
    return questions.pipe(
      toArray(),
      map(({ length }) => ({ user: String(length), tenant: this.tenant.id })),
    );
  }

  @GrpcStreamCall('Streams', 'Raw')
  @RequirePermissions('notes.read')
  raw(call: ServerDuplexStream<Question, Partial<Answer>>) {
    handled.push('raw');
    const tenant = this.tenant.id;
    call.on('data', () => call.write({ tenant }));
    call.on('end', () => call.end());
  }

  @GrpcStreamCall('Streams', 'RawCollect')
  @RequirePermissions('notes.read')
  rawCollect(call: ServerReadableStream<Question, Partial<Answer>>, answer: sendUnaryData<object>) {
    handled.push('rawCollect');
    const { id } = this.tenant;
    call.on('data', () => {});
    call.on('end', () => answer(null, { tenant: id }));
  }

  @GrpcStreamMethod('Streams', 'TalkOpen')
  @Public()
  talkOpen(questions: Observable<Question>): Observable<unknown> {
    return questions.pipe(map(() => ({ tenant: this.tenant.idOrNull ?? 'none' })));
  }
}

/** Calls with streams, and with single requests. */
const STREAMED = ['Talk', 'Collect', 'Raw', 'RawCollect'];

describe('streams of gRPC', () => {
  let bed: TransportBed;
  let app: INestMicroservice;
  let client: ClientGrpcProxy;
  let streams: GrpcService;
  const unhandled: unknown[] = [];
  const remember = (error: unknown) => void unhandled.push(error);
  beforeAll(async () => {
    process.on('unhandledRejection', remember);
    bed = await TransportBed.start();
    const connection = await grpcConnection();
    app = await NestFactory.createMicroservice(moduleOf(), { ...connection, logger: false });
    // The server is started inside of a store, of which nothing must be seen in calls.
    const norte = app.get(TenantContext);
    await norte.run('started-in', () => app.listen());
    client = ClientProxyFactory.create(connection);
    streams = client.getService('Streams');
  });
  afterAll(async () => {
    process.off('unhandledRejection', remember);
    client.close();
    await app.close();
    await bed.stop();
  });

  function moduleOf() {
    @Module({
      imports: [PatronusModule.forRoot({ ...bed.options(), transports: [microservices()] })],
      controllers: [StreamsController],
    })
    class StreamsModule {}
    return StreamsModule;
  }

  /** Returns all answers, or the code of the denial and the status. */
  function answersTo(method: string, metadata: Metadata, service = streams): Promise<unknown> {
    const questions = STREAMED.includes(method) || method === 'TalkOpen' ? of({}, {}) : {};
    const answers = service[method]?.(questions, metadata) ?? of();
    return lastValueFrom(
      answers.pipe(
        toArray(),
        catchError((error: { code: number; metadata: Metadata }) =>
          of([error.code, error.metadata.get('patronus-code')[0]]),
        ),
      ),
    );
  }

  it.each([
    ['Watch', [{ tenant: 'norte' }, { tenant: 'norte' }]],
    ['Talk', Array.from({ length: 2 }, () => ({ user: 'reader', tenant: 'norte' }))],
    ['Collect', [{ user: '2', tenant: 'norte' }]],
    ['Raw', [{ tenant: 'norte' }, { tenant: 'norte' }]],
    ['RawCollect', [{ tenant: 'norte' }]],
    ['TalkOpen', [{ tenant: 'none' }, { tenant: 'none' }]],
  ])('%s hears its messages inside of the scope', async (method, expected) => {
    expect(await answersTo(method, metadataOf(bed.presentedBy('reader')))).toEqual(expected);
  });

  it('hears what comes later inside of the scope as well', async () => {
    const questions = new ReplaySubject<object>();
    questions.next({});
    const metadata = metadataOf(bed.presentedBy('reader'));
    const answers = streams['Talk']?.(questions, metadata) ?? of();
    let heard = 0;
    const all = answers.pipe(
      tap(() => {
        heard += 1;
        if (heard === 3) questions.complete();
        else questions.next({});
      }),
      toArray(),
    );
    const expected = { user: 'reader', tenant: 'norte' };
    expect(await lastValueFrom(all)).toEqual([expected, expected, expected]);
  });

  it.each(['Watch', ...STREAMED])(
    '%s is refused where the guards were not inherited',
    async (method) => {
      handled.length = 0;
      const connection = await grpcConnection();
      const hybrid = await NestFactory.create(moduleOf(), { logger: false, abortOnError: false });
      hybrid.connectMicroservice(connection);
      await hybrid.startAllMicroservices();
      const own = ClientProxyFactory.create(connection);
      const service = own.getService<GrpcService>('Streams');
      const answers = await answersTo(method, metadataOf(bed.presentedBy('reader')), service);
      own.close();
      await hybrid.close();
      expect(answers).toEqual([status.PERMISSION_DENIED, 'transport_unsupported']);
      expect(handled).toEqual([]);
      expect(unhandled).toEqual([]);
    },
  );

  it.each(['Watch', ...STREAMED])('%s is denied before its handler', async (method) => {
    handled.length = 0;
    expect(await answersTo(method, metadataOf(bed.presentedBy('with a scope')))).toEqual([
      status.PERMISSION_DENIED,
      'permission_denied',
    ]);
    expect(await answersTo(method, new Metadata())).toEqual([
      status.UNAUTHENTICATED,
      'token_missing',
    ]);
    expect(handled).toEqual([]);
    expect(unhandled).toEqual([]);
  });
});

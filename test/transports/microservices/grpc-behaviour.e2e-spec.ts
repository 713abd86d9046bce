import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Metadata, status } from '@grpc/grpc-js';
import { type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, type ClientGrpcProxy, GrpcMethod } from '@nestjs/microservices';
import { type DeniedEvent, AuthEvents, PatronusModule } from '@patronus/nestjs';
import { EMPTY, firstValueFrom } from 'rxjs';
import { microservices } from '@patronus/nestjs/microservices';
import { itBehaves, type Outcome, type Presented, TransportBed } from '../transport-bed.js';
import { type GrpcService, grpcConnection, metadataOf, methodName } from './grpc-notes.js';
import { notesController } from './notes.controller.js';

/** Error that `@grpc/grpc-js` throws at a caller. */
interface GrpcError extends Error {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

describe('the behaviour table on gRPC', () => {
  let bed: TransportBed;
  let app: INestMicroservice;
  let client: ClientGrpcProxy;
  let notes: GrpcService;
  beforeAll(async () => {
    bed = await TransportBed.start();
    @Module({
      imports: [PatronusModule.forRoot({ ...bed.options(), transports: [microservices()] })],
      controllers: [notesController((operation) => GrpcMethod('Notes', methodName(operation)))],
    })
    class NotesModule {}
    const connection = await grpcConnection();
    app = await NestFactory.createMicroservice(NotesModule, { ...connection, logger: false });
    await app.listen();
    client = ClientProxyFactory.create(connection);
    notes = client.getService('Notes');
    await bed.revoke();
  });
  afterAll(async () => {
    client.close();
    await app.close();
    await bed.stop();
  });

  async function call(operation: string, metadata: Metadata): Promise<unknown> {
    return firstValueFrom(notes[methodName(operation)]?.({}, metadata) ?? EMPTY);
  }

  async function refusal(operation: string, metadata: Metadata): Promise<GrpcError> {
    return call(operation, metadata).then(
      () => Promise.reject(new Error('it was let in')),
      (error: GrpcError) => error,
    );
  }

  itBehaves(
    () => bed,
    async (operation, presented: Presented): Promise<Outcome> => {
      try {
        const { user = null, tenant = null } = (await call(
          operation,
          metadataOf(presented),
        )) as Record<string, string>;
        return { answer: { user, tenant } };
      } catch (error) {
        const { details, metadata } = error as GrpcError;
        const [code, decisionId] = ['patronus-code', 'patronus-decision'].map((name) =>
          String(metadata.get(name)[0] ?? ''),
        );
        return { code: code ?? '', message: details, decisionId: decisionId ?? '' };
      }
    },
  );

  it.each([
    ['nobody', 'closed', status.UNAUTHENTICATED],
    ['expired', 'closed', status.UNAUTHENTICATED],
    ['reader', 'write', status.PERMISSION_DENIED],
  ] as const)('answers %s on %s with status %i', async (caller, operation, code) => {
    const error = await refusal(operation, metadataOf(bed.presentedBy(caller)));
    expect(error.code).toBe(code);
  });

  it('refuses two tenants, though the credential belongs to one of them', async () => {
    const metadata = metadataOf({ ...bed.presentedBy('reader'), tenant: 'norte' });
    metadata.add('x-empresa-id', 'sur');
    const error = await refusal('closed', metadata);
    expect(error.metadata.get('patronus-code')).toEqual(['tenant_mismatch']);
  });

  it('does not look for a credential in binary metadata', async () => {
    const metadata = new Metadata();
    metadata.set('authorization-bin', Buffer.from(bed.presentedBy('reader').authorization ?? ''));
    const error = await refusal('closed', metadata);
    expect(error.metadata.get('patronus-code')).toEqual(['token_missing']);
  });

  it('sends back nothing of what came in', async () => {
    const metadata = metadataOf(bed.presentedBy('expired'));
    metadata.set('note', 'mine');
    const error = await refusal('closed', metadata);
    expect(error.metadata.get('authorization')).toEqual([]);
    expect(error.metadata.get('note')).toEqual([]);
    expect(error.message).not.toContain(bed.presentedBy('expired').authorization);
  });

  it('names service and method in the event, under the id that the caller sees', async () => {
    const denied: DeniedEvent[] = [];
    const stop = app.get(AuthEvents).on('denied', (event) => void denied.push(event));
    const error = await refusal('write', metadataOf(bed.presentedBy('reader')));
    stop();
    expect(denied).toEqual([
      expect.objectContaining({
        transport: 'rpc',
        method: 'RPC',
        path: 'Notes/Write',
        route: 'NotesController.write',
        code: 'permission_denied',
        user: 'reader',
        tenant: 'norte',
        decisionId: error.metadata.get('patronus-decision')[0],
      }),
    ]);
  });
});

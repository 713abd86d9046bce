import 'reflect-metadata';
import { expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { PatronusModule, PermissionsGuard, protect } from '@patronus/nestjs';
import { send } from './send.js';
import { TokenTableProvider } from './token-table.provider.js';

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: new TokenTableProvider(),
      tenancy: { header: 'x-tenant' },
    }),
  ],
})
class NotesModule {}

const ANA = ['Authorization', 'Bearer ana.norte'] as const;

it.each<[string, AbstractHttpAdapter, object]>([
  ['of another server', new ExpressAdapter(), { getType: () => 'other' }],
  ['of an Express without a list of layers', new ExpressAdapter(), { getInstance: () => ({}) }],
  ['of an Express that adds no layer', new ExpressAdapter(), { use: () => undefined }],
  ['of a Fastify without hooks', new FastifyAdapter(), { getInstance: () => ({}) }],
])('stops the start on an HTTP adapter %s', async (_kind, adapter, members) => {
  const app = await NestFactory.create(NotesModule, adapter, { logger: false });
  const own = Object.getOwnPropertyDescriptors(adapter);
  Object.assign(adapter, members);
  expect(() => protect(app, '/docs')).toThrow('cannot run before the HTTP adapter');
  for (const name of Object.keys(members)) Reflect.deleteProperty(adapter, name);
  Object.defineProperties(adapter, own);
  await app.close();
});

it('denies a request that a guard in place of its own refuses', async () => {
  const made = await Test.createTestingModule({ imports: [NotesModule] })
    .overrideProvider(PermissionsGuard)
    .useValue({ canActivate: () => false })
    .compile();
  const app = made.createNestApplication(new ExpressAdapter(), { logger: false });
  protect(app, '/docs');
  await app.listen(0, '127.0.0.1');
  const running = { app, url: await app.getUrl() };
  const answer = await send(running, { path: '/docs', headers: [ANA] });
  await app.close();
  expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
});

it('stands before routes of a Fastify plugin that was loaded earlier', async () => {
  const app = await NestFactory.create<NestFastifyApplication>(NotesModule, new FastifyAdapter(), {
    logger: false,
  });
  await app.register(async (instance: { get(path: string, answer: () => string): unknown }) => {
    instance.get('/plugin/status', () => 'the status');
  });
  await app.init();
  protect(app, '/plugin');
  await app.listen(0, '127.0.0.1');
  const running = { app, url: await app.getUrl() };
  const strange = await send(running, { path: '/plugin/status' });
  const known = await send(running, { path: '/plugin/status', headers: [ANA] });
  await app.close();
  expect(strange).toMatchObject({ status: 401, body: { code: 'token_missing' } });
  expect(known).toEqual({ status: 200, body: 'the status' });
});

it('refuses to stand behind a Fastify that is running already', async () => {
  const app = await NestFactory.create(NotesModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  expect(() => protect(app, '/late')).toThrow(expect.objectContaining({ path: 'protect' }));
  await app.close();
});

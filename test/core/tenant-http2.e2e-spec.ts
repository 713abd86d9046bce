import 'reflect-metadata';
import { connect, type ClientHttp2Session } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { CurrentTenant, PatronusModule } from '@patronus/nestjs';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ADAPTERS } from './adapters.js';
import { listen, type ListeningApp } from './listening-app.js';
import { send } from './send.js';
import { TokenTableProvider } from './token-table.provider.js';

@Controller('notes')
class NotesController {
  @Get() list(@CurrentTenant() tenant: string) {
    return { tenant };
  }
}

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: new TokenTableProvider(),
      tenancy: { host: '{tenant}.clinics.example', header: 'x-clinic' },
    }),
  ],
  controllers: [NotesController],
})
class NotesModule {}

const mismatch = { status: 403, body: { code: 'tenant_mismatch' } };
const norte = { status: 200, body: { tenant: 'norte' } };

describe('the tenant of a request over HTTP/2', () => {
  let running: ListeningApp;
  let session: ClientHttp2Session;
  beforeAll(async () => {
    const adapter = new FastifyAdapter({ http2: true });
    running = await listen(NotesModule, adapter);
    session = connect(running.url);
  });
  afterAll(async () => {
    session.close();
    await running.app.close();
  });

  async function ask(authority: string, others: Readonly<Record<string, string>> = {}) {
    const stream = session.request({
      ':path': '/notes',
      ':authority': authority,
      authorization: 'Bearer ana.norte',
      ...others,
    });
    let status = 0;
    stream.on('response', (headers) => (status = headers[':status'] ?? 0));
    let text = '';
    for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
    const body: unknown = JSON.parse(text);
    return { status, body };
  }

  it('is named by the authority', async () => {
    expect(await ask('sur.clinics.example')).toMatchObject(mismatch);
    expect(await ask('norte.clinics.example')).toEqual(norte);
    expect(await ask('NORTE.clinics.example:8443')).toEqual(norte);
    expect(await ask('api.example')).toEqual(norte);
  });

  it('is named by the authority beside a Host header (RFC 9113, section 8.3.1)', async () => {
    expect(await ask('sur.clinics.example', { host: 'norte.clinics.example' })).toMatchObject(
      mismatch,
    );
    expect(await ask('norte.clinics.example', { host: 'sur.clinics.example' })).toEqual(norte);
  });

  it('is not named by an empty header', async () => {
    expect(await ask('norte.clinics.example', { 'x-clinic': '' })).toEqual(norte);
    expect(await ask('sur.clinics.example', { 'x-clinic': '' })).toMatchObject(mismatch);
    expect(await ask('norte.clinics.example', { 'x-clinic': 'sur' })).toMatchObject(mismatch);
  });
});

describe.each(ADAPTERS)('an empty tenant header, on %s', (_name, adapter) => {
  let running: ListeningApp;
  beforeAll(async () => void (running = await listen(NotesModule, adapter())));
  afterAll(() => running.app.close());

  it('names no tenant', async () => {
    const ask = (clinic: string) =>
      send(running, {
        headers: [
          ['Authorization', 'Bearer ana.norte'],
          ['X-Clinic', clinic],
        ],
      });
    expect(await ask('')).toEqual(norte);
    expect(await ask(' ')).toEqual(norte);
    expect(await ask('sur')).toMatchObject(mismatch);
  });
});

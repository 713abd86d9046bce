import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  AuthEvents,
  type GrantedAuthority,
  PatronusModule,
  PermissionSource,
  type PermissionSubject,
  Public,
  RequirePermissions,
  Revocations,
} from '@patronus/nestjs';
import { PatronusTelemetryModule } from '@patronus/nestjs/opentelemetry';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { ADAPTERS } from '../core/adapters.js';
import { ask } from '../core/ask.js';
import type { ListeningApp } from '../core/listening-app.js';
import { TokenTableProvider } from '../core/token-table.provider.js';
import { until } from '../environment/until.js';
import { serverSpan, TelemetryBed } from './opentelemetry-bed.js';

@Controller('notes')
class NotesController {
  @RequirePermissions('notes.read') @Get() list() {
    return 'notes';
  }
  @RequirePermissions('notes.write') @Get('write') write() {
    return 'written';
  }
  @Public() @Get('public') open() {
    return 'open';
  }
}

@Injectable()
class SlowSource extends PermissionSource {
  override async grantsOf({ identity }: PermissionSubject): Promise<GrantedAuthority> {
    trace.getTracer('database').startSpan('SELECT').end();
    if (identity.id === 'boom') throw new Error('s3cr3t: no route to the database');
    return { permissions: ['notes.read'] };
  }
}

class TracedProvider extends TokenTableProvider {
  override authenticate(...asked: Parameters<TokenTableProvider['authenticate']>) {
    trace.getTracer('client').startSpan('POST').end();
    return super.authenticate(...asked);
  }
}

describe.each(ADAPTERS)('OpenTelemetry, on %s', (_name, adapter) => {
  const bed = new TelemetryBed();
  const table = new TracedProvider();
  let issuer: TestIssuer;
  let running: ListeningApp;
  let people = 0;

  beforeAll(async () => {
    bed.start();
    issuer = await TestIssuer.start();
    const keys = oidc({
      issuer: issuer.url,
      jwksUri: issuer.jwksUri,
      audience: 'test',
      mapClaims: ({ org }) => ({ tenantId: String(org) }),
    });

    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: [keys, table],
          tenancy: { header: 'x-tenant' },
          permissions: { source: { useClass: SlowSource } },
        }),
        PatronusTelemetryModule,
      ],
      controllers: [NotesController],
    })
    class NotesModule {}

    const app = await NestFactory.create(NotesModule, adapter(), { logger: false });
    app.use(serverSpan);
    await app.listen(0, '127.0.0.1');
    running = { app, url: await app.getUrl() };
    await until(true, async () => (await bed.measured()).has('patronus.key_fetches {fetch}'));
  });
  beforeEach(async () => {
    table.failure = undefined;
    await bed.measured();
    bed.spans.reset();
  });
  afterAll(async () => {
    await running.app.close();
    await issuer.stop();
    await bed.stop();
  });

  /** Returns a new caller. */
  const someone = () => `person-${(people += 1)}`;

  /**
   * Returns the finished spans by name, each with its parent's, once the request's own has ended.
   */
  const spans = async () => {
    const finished = () => bed.spans.getFinishedSpans();
    await until(true, () => finished().some(({ name }) => name === 'GET'));
    return finished().map((span) => {
      const parent = finished().find(
        (one) => one.spanContext().spanId === span.parentSpanContext?.spanId,
      );
      return `${parent?.name ?? 'none'} > ${span.name}`;
    });
  };
  const spanOf = (name: string) => bed.spans.getFinishedSpans().find((span) => span.name === name);

  const success = {
    'patronus.authentication.result': 'success',
    'patronus.provider': 'token-table',
  };
  const hit = { attributes: { 'patronus.cache.result': 'hit' }, value: 1 };
  const miss = { attributes: { 'patronus.cache.result': 'miss' }, value: 1 };
  const allowed = (route: string) => ({
    'patronus.authorization.result': 'success',
    'patronus.route': `NotesController.${route}`,
    'patronus.transport': 'http',
  });

  it('counts and times a caller who is new, then counts one who is known', async () => {
    const token = `${someone()}.norte`;
    await ask(running, 'notes', token);
    expect(await bed.measured()).toEqual(
      new Map([
        ['patronus.authentication.attempts {attempt}', [{ attributes: success, value: 1 }]],
        ['patronus.authentication.authenticate.duration s', [{ attributes: success, value: 1 }]],
        ['patronus.authorization.attempts {attempt}', [{ attributes: allowed('list'), value: 1 }]],
        ['patronus.identity_cache.requests {request}', [miss]],
        ['patronus.permission_cache.requests {request}', [miss]],
        ['patronus.permission_source.lookup.duration s', [{ attributes: {}, value: 1 }]],
      ]),
    );
    await ask(running, 'notes', token);
    expect(await bed.measured()).toEqual(
      new Map([
        ['patronus.authentication.attempts {attempt}', [{ attributes: success, value: 1 }]],
        ['patronus.authorization.attempts {attempt}', [{ attributes: allowed('list'), value: 1 }]],
        ['patronus.identity_cache.requests {request}', [hit]],
        ['patronus.permission_cache.requests {request}', [hit]],
      ]),
    );
  });

  it.each([
    ['no token', 'notes', undefined, { 'patronus.authentication.result': 'none' }, 'token_missing'],
    [
      'a bad token',
      'notes',
      'stranger',
      {
        'patronus.authentication.result': 'failure',
        'patronus.provider': 'trusted-issuers',
        'error.type': 'token_invalid',
      },
      'token_invalid',
    ],
    ['no permission', 'notes/write', 'ana.norte', success, 'permission_denied'],
    ['no tenant', 'notes', 'ana', success, 'tenant_required'],
  ])('counts a denial for %s by its code', async (_what, path, token, attempt, code) => {
    await ask(running, path, token);
    const measured = await bed.measured();
    expect(measured.get('patronus.authentication.attempts {attempt}')).toEqual([
      { attributes: attempt, value: 1 },
    ]);
    expect(measured.get('patronus.authorization.attempts {attempt}')).toEqual([
      {
        attributes: {
          'patronus.authorization.result': 'failure',
          'patronus.route': `NotesController.${path === 'notes' ? 'list' : 'write'}`,
          'patronus.transport': 'http',
          'error.type': code,
        },
        value: 1,
      },
    ]);
  });

  it('looks at nobody on a public route, and counts it as allowed', async () => {
    await ask(running, 'notes/public', `${someone()}.norte`);
    expect(await bed.measured()).toEqual(
      new Map([
        ['patronus.authorization.attempts {attempt}', [{ attributes: allowed('open'), value: 1 }]],
      ]),
    );
  });

  it('puts spans of what a new caller waits for under that of the request, and work under them', async () => {
    const token = `${someone()}.norte`;
    await ask(running, 'notes', token);
    expect((await spans()).toSorted()).toEqual([
      'GET > patronus.authenticate',
      'GET > patronus.permissions.lookup',
      'none > GET',
      'patronus.authenticate > POST',
      'patronus.permissions.lookup > SELECT',
    ]);
    expect(spanOf('patronus.authenticate')?.attributes).toEqual(success);
    bed.spans.reset();
    await ask(running, 'notes', token);
    expect(await spans()).toEqual(['none > GET']);
  });

  it('gives the span of a request the id and the outcome of its decision, and names nobody', async () => {
    const headers = { authorization: `Bearer ${someone()}.norte` };
    const answer = await fetch(`${running.url}/notes`, { headers });
    await spans();
    const decision = {
      'patronus.decision.id': answer.headers.get('patronus-decision'),
      'patronus.decision.code': 'allowed',
    };
    expect(spanOf('GET')?.attributes).toEqual(decision);
    bed.spans.reset();
    await ask(running, 'notes/write', 'ana.norte');
    await spans();
    expect(spanOf('GET')?.attributes).toEqual({
      'patronus.decision.id': expect.any(String),
      'patronus.decision.code': 'permission_denied',
    });
  });

  it('calls an outage an error, and a refusal none', async () => {
    await ask(running, 'notes', 'stranger');
    expect(spanOf('patronus.authenticate')?.status.code).toBe(SpanStatusCode.UNSET);
    expect(spanOf('patronus.authenticate')?.attributes['error.type']).toBe('token_invalid');
    bed.spans.reset();
    table.failure = new Error('s3cr3t: connection refused');
    expect((await ask(running, 'notes', `${someone()}.norte`)).status).toBe(503);
    expect(spanOf('patronus.authenticate')?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(spanOf('patronus.authenticate')?.attributes['error.type']).toBe('provider_unavailable');
  });

  it('counts a source that fails, and says nothing of why', async () => {
    expect((await ask(running, 'notes', 'boom.norte')).status).toBe(503);
    const lookup = spanOf('patronus.permissions.lookup');
    expect(lookup?.attributes).toEqual({ 'error.type': 'provider_unavailable' });
    expect(lookup?.status).toEqual({ code: SpanStatusCode.ERROR });
    const waits = (await bed.measured()).get('patronus.permission_source.lookup.duration s');
    expect(waits).toEqual([{ attributes: { 'error.type': 'provider_unavailable' }, value: 1 }]);
  });

  it('tells of nobody: no user, no tenant, no token, no message of an error', async () => {
    const user = someone();
    const token = await issuer.token({ sub: user, org: 'norte' });
    await ask(running, 'notes', token);
    await ask(running, 'notes/write', token);
    await ask(running, 'notes', 'boom.norte');
    await ask(running, 'notes', 'stranger.norte');
    await spans();
    const exported = await bed.exported();
    expect(exported).toContain('permission_denied');
    for (const word of [user, 'norte', 'boom', 'stranger', 's3cr3t', token, issuer.url]) {
      expect(exported).not.toContain(word);
    }
  });

  it('counts fetches of keys, and outages', async () => {
    const rotated = () => issuer.token({ sub: 'ana' }, { header: { kid: someone() } });
    await ask(running, 'notes', await rotated());
    const good = { 'patronus.provider': 'oidc' };
    const first = await bed.measured();
    expect(first.get('patronus.key_fetches {fetch}')).toEqual([{ attributes: good, value: 1 }]);
    expect(first.has('patronus.provider_outages {outage}')).toBe(false);
  });

  it('counts revocations by what they name', async () => {
    const revocations = running.app.get(Revocations);
    await revocations.revoke({ user: 'eva' });
    await revocations.revoke({ user: 'luis', tenant: 'sur' });
    await revocations.revoke({ tenant: 'oeste' });
    expect((await bed.measured()).get('patronus.revocations {revocation}')).toEqual([
      { attributes: { 'patronus.revocation.kind': 'user' }, value: 2 },
      { attributes: { 'patronus.revocation.kind': 'tenant' }, value: 1 },
    ]);
  });

  it('stops listening with the application', async () => {
    const events = running.app.get(AuthEvents);
    expect(events.hasListeners('allowed')).toBe(true);
    await running.app.close();
    expect(events.hasListeners('allowed')).toBe(false);
  });
});

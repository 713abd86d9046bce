import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import {
  type AuthEventOf,
  AuthEvents,
  PatronusModule,
  Public,
  type Revocation,
  Revocations,
  TenantOptional,
} from '@patronus/nestjs';
import { redisRevocations } from '@patronus/nestjs/redis';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';
import { RevocableTokenProvider, revocableToken } from './revocable-token.provider.js';

@Controller()
class NotesController {
  @TenantOptional() @Get('notes') notes() {
    return 'notes';
  }
  @Public() @Get('open') open() {
    return 'open';
  }
}

const now = (): number => Math.floor(Date.now() / 1000);
const DENIED = {
  status: 401,
  body: { statusCode: 401, code: 'token_revoked', message: 'The token has been revoked.' },
  challenge:
    'Bearer realm="patronus", error="invalid_token", error_description="The token has been revoked."',
};

describe.each(ADAPTERS)('revocation, on %s', (_name, adapter) => {
  let running: ListeningApp;
  let provider: RevocableTokenProvider;
  let told: AuthEventOf<'revoked'>[];

  beforeEach(async () => {
    provider = new RevocableTokenProvider();
    @Module({
      imports: [PatronusModule.forRoot({ identityProvider: provider, tenancy: {} })],
      controllers: [NotesController],
    })
    class NotesModule {}
    running = await listen(NotesModule, adapter());
    told = [];
    running.app.get(AuthEvents).on('revoked', (event) => told.push(event));
  });
  afterEach(() => running.app.close());

  const revoke = (revocation: Revocation) => running.app.get(Revocations).revoke(revocation);
  const ana = (fields: object = {}): string =>
    revocableToken({
      id: 'ana',
      tokenId: 'token-1',
      sessionId: 'session-1',
      tenantId: 'norte',
      issuedAt: now() - 60,
      ...fields,
    });

  it.each<[Revocation, object]>([
    [{ token: 'token-1' }, { tokenId: 'token-2' }],
    [{ session: 'session-1' }, { sessionId: 'session-2' }],
    [{ user: 'ana' }, { id: 'ben' }],
    [{ user: 'ana', issuer: 'revocable' }, { id: 'ben' }],
    [{ tenant: 'norte' }, { tenantId: 'sur' }],
    [{ issuer: 'revocable' }, { issuedAt: now() + 60 }],
    [{ user: 'ana', tenant: 'norte' }, { tenantId: 'sur' }],
    [{ issuedBefore: now() - 30 }, { issuedAt: now() - 20 }],
  ])('%j counts with the next request, and not for %j', async (revocation, other) => {
    const tokens = [ana(), ana(other)];
    for (const token of tokens)
      expect(await ask(running, 'notes', token)).toMatchObject({ status: 200 });
    await revoke(revocation);
    expect(await ask(running, 'notes', tokens[0])).toEqual(DENIED);
    expect(await ask(running, 'notes', tokens[1])).toMatchObject({ status: 200 });
    expect(provider.calls).toBe(2);
    expect(told).toEqual([
      { type: 'revoked', at: expect.any(Number), revocation: expect.objectContaining(revocation) },
    ]);
  });

  it('refuses a token that was never seen before, and lets one in that is issued later', async () => {
    await revoke({ user: 'ana' });
    expect(await ask(running, 'notes', ana())).toEqual(DENIED);
    expect(await ask(running, 'notes', ana({ issuedAt: undefined }))).toEqual(DENIED);
    expect((await ask(running, 'notes', ana({ issuedAt: now() + 2 }))).status).toBe(200);
  });

  it('leaves public routes open', async () => {
    await revoke({ user: 'ana' });
    expect((await ask(running, 'open', ana())).status).toBe(200);
  });
});

describe.each(ADAPTERS)('revocations that cannot be known, on %s', (_name, adapter) => {
  // Nothing listens there.
  const url = 'redis://127.0.0.1:1';

  async function answers(whenUnreachable: 'deny' | 'allow') {
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: new RevocableTokenProvider(),
          revocations: redisRevocations({ url, whenUnreachable }),
        }),
      ],
      controllers: [NotesController],
    })
    class NotesModule {}
    const running = await listen(NotesModule, adapter());
    try {
      const response = await fetch(`${running.url}/notes`, {
        headers: { authorization: `Bearer ${revocableToken({ id: 'ana' })}` },
      });
      const revoked = running.app.get(Revocations).revoke({ user: 'ana' });
      await expect(revoked).rejects.toMatchObject({ code: 'provider_unavailable' });
      const { status, headers } = response;
      return { status, retryAfter: headers.get('retry-after'), open: await ask(running, 'open') };
    } finally {
      await running.app.close();
    }
  }

  it('are an outage, and no denial: 503, but not for public routes', async () => {
    expect(await answers('deny')).toMatchObject({
      status: 503,
      retryAfter: '1',
      open: { status: 200 },
    });
  });

  it('are passed over where that was asked for', async () => {
    expect(await answers('allow')).toMatchObject({ status: 200, open: { status: 200 } });
  });
});

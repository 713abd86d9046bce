import 'reflect-metadata';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Logger, Module, Post } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AuthEvents, PatronusModule, Public, Revocations } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { type PlatformRevocations, platformRevocations } from '@patronus/nestjs/platform';
import { TestIssuer } from '@patronus/nestjs/testing';
import { EventPlatform } from '../fixtures/event-platform.js';
import { until } from '../environment/until.js';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';

@Controller()
class NotesController {
  constructor(private readonly revocations: Revocations) {}

  @Get('notes') notes() {
    return 'notes';
  }
  @Public() @Get('open') open() {
    return 'open';
  }
  @Post('logout') async logout() {
    await this.revocations.revoke({ session: 's1' });
  }
}

const PROGRAM = fileURLToPath(new URL('listening-process.ts', import.meta.url));
const HOOKS = new URL('../environment/typescript.hooks.mjs', import.meta.url).href;
const client = { clientId: 'clinic', clientSecret: 'hush' };

let platform: EventPlatform;
let signer: TestIssuer;
const ending: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
  jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
  platform = await EventPlatform.start();
  signer = await TestIssuer.start({ issuer: platform.issuer });
});
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
  await Promise.all([platform.stop(), signer.stop()]);
  jest.restoreAllMocks();
});

const receiver = () => platformRevocations({ issuer: platform.issuer, ...client });

function moduleOf(revocations: PlatformRevocations) {
  const { issuer } = platform;
  const identityProvider = oidc({ issuer, audience: 'test', jwksUri: signer.jwksUri });
  @Module({
    imports: [PatronusModule.forRoot({ identityProvider, revocations })],
    controllers: [NotesController],
  })
  class NotesModule {}
  return NotesModule;
}

async function run(
  revocations: PlatformRevocations,
  adapter: AbstractHttpAdapter = new ExpressAdapter(),
): Promise<ListeningApp> {
  const running = await listen(moduleOf(revocations), adapter);
  ending.push(() => running.app.close());
  return running;
}

describe.each(ADAPTERS)('an application that listens to the platform, on %s', (_name, adapter) => {
  it('refuses ended sessions and revoked tokens, and serves the others', async () => {
    const running = await run(receiver(), adapter());
    const told: unknown[] = [];
    running.app.get(AuthEvents).on('revoked', ({ revocation }) => told.push(revocation));
    const tokens = {
      session: await signer.token({ sub: 'ana', sid: 's1', jti: 't1' }),
      token: await signer.token({ sub: 'ana', sid: 's2', jti: 't2' }),
      other: await signer.token({ sub: 'ana', sid: 's2', jti: 't3' }),
    };
    const seen = async (token: string) => (await ask(running, 'notes', token)).status;
    for (const token of Object.values(tokens)) await until(200, () => seen(token));
    platform.record('session.ended', 's1');
    platform.record('token.revoked', 't2');
    await until(401, () => seen(tokens.session));
    await until(401, () => seen(tokens.token));
    expect((await ask(running, 'notes', tokens.token)).body).toMatchObject({
      code: 'token_revoked',
    });
    expect(await seen(tokens.other)).toBe(200);
    const { issuer } = platform;
    expect(told).toEqual([
      { session: 's1', issuer },
      { token: 't2', issuer },
    ]);
  });

  it('answers 503 while it does not hear the platform, except on public routes', async () => {
    const running = await run(receiver(), adapter());
    const token = await signer.token({ sub: 'ana', sid: 's1' });
    const seen = async () => (await ask(running, 'notes', token)).status;
    await until(200, seen);
    await platform.stop();
    await until(503, seen);
    const answer = await fetch(`${running.url}/notes`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ code: 'provider_unavailable' });
    expect(await ask(running, 'open')).toMatchObject({ status: 200 });
    await platform.listen();
    await until(200, seen);
  });
});

describe('the receiver of the platform', () => {
  it('of two applications in one process is one connection, up to the last of them', async () => {
    const shared = receiver();
    const [first, second] = [await run(shared), await run(shared)];
    const token = await signer.token({ sub: 'ana', sid: 's1' });
    const seen = async (on: ListeningApp) => (await ask(on, 'notes', token)).status;
    for (const one of [first, second]) await until(200, () => seen(one));
    expect(platform.opened).toHaveLength(1);
    await first.app.close();
    platform.record('session.ended', 's1');
    await until(401, () => seen(second));
    await second.app.close();
    await until(0, () => platform.clients.size);
    expect(platform.opened).toHaveLength(1);
  });

  it('makes a handler that revokes fail, with the remedy in the log', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const running = await run(receiver());
    const token = await signer.token({ sub: 'ana', sid: 's1' });
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${running.url}/logout`, { method: 'POST', headers });
    expect(answer.status).toBe(500);
    expect(await ask(running, 'notes', token)).toMatchObject({ status: 200 });
    expect(String(logged.mock.calls.flat())).toContain('redisRevocations()');
  });

  it('leaves nothing behind that keeps a process alive', async () => {
    const options = JSON.stringify({ issuer: platform.issuer, ...client });
    const execArgv = ['--import', HOOKS, '--no-warnings'];
    const child = fork(PROGRAM, [options], { execArgv });
    ending.push(async () => child.kill('SIGKILL'));
    await once(child, 'message');
    expect(platform.opened).toHaveLength(1);
    const ended = once(child, 'exit');
    child.send('stop');
    expect(await ended).toEqual([0, null]);
    await until(0, () => platform.clients.size);
  });
});

import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  CurrentUser,
  type Identity,
  OptionalAuth,
  Public,
  RequireRoles,
  TenantContext,
} from '@patronus/nestjs';
import { Caller } from './callers.js';
import { gatewayAt, hear, LIBRARIES, RunningGateways } from './libraries.js';

const connected: string[] = [];
const left: string[] = [];

@Injectable()
class Closed {
  constructor(private readonly tenant: TenantContext) {}

  handleConnection() {
    connected.push(this.tenant.idOrNull ?? 'nobody');
  }
  handleDisconnect() {
    left.push(this.tenant.idOrNull ?? 'nobody');
  }
  @SubscribeMessage('whoami') whoami(@CurrentUser() user?: Identity) {
    return { event: 'answer', data: `${user?.id} of ${this.tenant.idOrNull}` };
  }
}

class Mixed extends Closed {
  @Public() @SubscribeMessage('open') open(@CurrentUser() user?: Identity) {
    return { event: 'answer', data: user?.id ?? 'nobody' };
  }
}

@OptionalAuth()
class Optional extends Closed {}

@OptionalAuth()
@Injectable()
class Strict extends Closed {
  @RequireRoles('doctor') @SubscribeMessage('whoami') override whoami() {
    return { event: 'answer', data: 'a doctor' };
  }
}

@Public()
class Open extends Closed {}

const FOREIGN = { origin: 'https://evil.example', cookie: 'session=ana.norte' };

describe.each(LIBRARIES)('a handshake of %s', (name, library) => {
  let running: RunningGateways;
  const callers: Caller[] = [];
  const call = (...[place, brought]: [string, Parameters<typeof library.call>[1]?]) => {
    const caller = library.call(`${running.url}/${place}`, brought);
    callers.push(caller);
    return caller;
  };
  const start = async (place: string, handlers: typeof Closed) => {
    connected.length = left.length = 0;
    const cookie = { name: 'session', trustedOrigins: ['https://app.example'] };
    running = await RunningGateways.start(library, [gatewayAt(library, place, handlers)], {
      credentials: { cookie },
    });
  };
  const refused = async (caller: Caller, code: string, status: number) => {
    const expected = library.refusal(code, status);
    expect(await hear(caller, expected.length)).toEqual(expected);
    expect(connected).toEqual([]);
  };
  const accepted = async (caller: Caller, answer: string) => {
    expect((await caller.next())[0]).toBe('connect');
    expect(await caller.ask('whoami')).toEqual(['answer', answer]);
  };
  afterEach(async () => {
    for (const caller of callers.splice(0)) caller.close();
    await running.app.close();
  });

  it('connects with a good token, in the tenant of it, until it leaves', async () => {
    await start('closed', Closed);
    const caller = call('closed', { token: 'ana.norte' });
    await accepted(caller, 'ana of norte');
    expect(connected).toEqual(['norte']);
    caller.close();
    await hear(caller, 1);
    await running.app.close();
    expect(left).toEqual(['norte']);
  });

  it.each([
    ['no token', {}, 'token_missing', 401],
    ['a bad token', { token: 'stranger' }, 'token_invalid', 401],
    ['a token for another tenant', abroad('ana.sur'), 'tenant_mismatch', 403],
    [
      'two credentials',
      { token: 'ana.norte', headers: own('session=ana') },
      'invalid_request',
      400,
    ],
    ['a cookie of a foreign page', { headers: FOREIGN }, 'csrf_rejected', 403],
    ['a cookie of no page', { headers: { cookie: 'session=ana.norte' } }, 'csrf_rejected', 403],
  ])('is refused with %s', async (_case, brought, code, status) => {
    await start('closed', Closed);
    await refused(call('closed', brought), code, status);
  });

  it('takes a cookie from a page that is trusted', async () => {
    await start('closed', Closed);
    await accepted(call('closed', { headers: own('session=ana.norte') }), 'ana of norte');
  });

  it('is refused with a token in the query string, beside which a good one stands', async () => {
    await start('closed', Closed);
    const query = '?access_token=ana.norte';
    const caller =
      name === 'ws'
        ? call(`closed${query}`, { token: 'ana.norte' })
        : Caller.io(`${running.url}/closed`, {
            query: { access_token: 'ana.norte' },
            auth: { token: 'ana.norte' },
          });
    callers.push(caller);
    await refused(caller, 'invalid_request', 400);
  });

  it('answers with an outage where nobody can say', async () => {
    await start('closed', Closed);
    running.provider.isDown = true;
    await refused(call('closed', { token: 'ana.norte' }), 'provider_unavailable', 503);
  });

  it('needs no token where a handler is public, and is refused with a bad one', async () => {
    await start('mixed', Mixed);
    await refused(call('mixed', { token: 'stranger' }), 'token_invalid', 401);
    const nobody = call('mixed');
    expect((await nobody.next())[0]).toBe('connect');
    expect(connected).toEqual(['nobody']);
    expect(await nobody.ask('open')).toEqual(['answer', 'nobody']);
    expect(await nobody.ask('whoami')).toEqual([
      'exception',
      expect.objectContaining({ code: 'token_missing' }),
    ]);
    await accepted(call('mixed', { token: 'ana.norte' }), 'ana of norte');
  });

  it('needs no token where the gateway is optional, and is refused with a bad one', async () => {
    await start('optional', Optional);
    await refused(call('optional', { token: 'stranger' }), 'token_invalid', 401);
    await accepted(call('optional'), 'undefined of null');
    await accepted(call('optional', { token: 'ana.norte' }), 'ana of norte');
  });

  it('needs none where the gateway is optional, though no handler is', async () => {
    await start('strict', Strict);
    expect((await call('strict').next())[0]).toBe('connect');
  });

  it('at one place is not judged by what stands at another', async () => {
    connected.length = 0;
    const gateways = [gatewayAt(library, 'open', Open), gatewayAt(library, 'closed', Closed)];
    running = await RunningGateways.start(library, gateways);
    await refused(call('closed'), 'token_missing', 401);
    await accepted(call('open', { token: 'stranger' }), 'undefined of null');
  });

  it('that takes long loses no message, and lets none through before its end', async () => {
    await start('closed', Closed);
    const other = call('closed', { token: 'bob.sur' });
    await accepted(other, 'bob of sur');
    let open = () => {};
    running.provider.gate = new Promise((resolve) => (open = resolve));
    const slow = call('closed', { token: 'ana.norte' });
    if (name === 'ws') {
      await slow.next();
      slow.send('whoami');
      for (let round = 0; round < 3; round += 1) await other.ask('whoami');
      expect(connected).toEqual(['sur']);
      open();
      expect(await slow.next()).toEqual(['answer', 'ana of norte']);
    } else {
      open();
      await accepted(slow, 'ana of norte');
    }
    expect(connected).toEqual(['sur', 'norte']);
  });

  it('is not looked at where the gateway is public', async () => {
    await start('open', Open);
    await accepted(call('open', { token: 'stranger' }), 'undefined of null');
    expect(running.provider.calls).toBe(0);
  });
});

function abroad(token: string) {
  return { token, headers: { 'x-empresa-id': 'norte' } };
}

function own(cookie: string) {
  return { cookie, origin: 'https://app.example' };
}

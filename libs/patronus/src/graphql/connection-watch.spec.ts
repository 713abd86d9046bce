/** @jest-environment node */
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PatronusError } from '../errors/patronus.error.js';
import { Identity, type IdentityFields } from '../identity/identity.js';
import { RequestScope } from '../identity/request-scope.js';
import { messageOfHeaders } from '../transport/guarded-request.js';
import type { TransportHost } from '../transport/transport-host.js';
import { ConnectionWatch } from './connection-watch.js';

const START = 1_800_000_000;

function who(more: Partial<IdentityFields> = {}): Identity {
  return new Identity({ id: 'ana', issuer: 'i', provider: 'p', expiresAt: START + 100, ...more });
}

function scopeOf(identity: Identity | undefined, tenantId: string | undefined): RequestScope {
  const scope = new RequestScope(undefined, () => Promise.reject(new Error('not here')));
  return Object.assign(scope, { identity, tenantId });
}

function setUp({ identity = who(), own = true } = {}) {
  const identify = jest.fn<TransportHost['identify']>();
  identify.mockImplementation(() => Promise.resolve(scopeOf(identity, 'norte')));
  const close = jest.fn();
  const socket = new Socket();
  const message = { ...messageOfHeaders({}), socket, url: '/graphql?token=t' };
  const refused = jest.fn<TransportHost['refused']>();
  const watch = new ConnectionWatch({ identify, refused }, 10);
  const connection = { message, socket: own ? { close } : undefined, identity, tenantId: 'norte' };
  return { watch, identify, refused, close, socket, message, connection };
}

const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1000);

describe('ConnectionWatch', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: START * 1000, doNotFake: ['nextTick'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('looks at a connection again and again, with what it began with', async () => {
    const { watch, identify, close, message, connection } = setUp();
    watch.watch(connection);
    watch.watch(connection);
    await seconds(9.9);
    expect(identify).not.toHaveBeenCalled();
    await seconds(20.2);
    expect(identify).toHaveBeenCalledTimes(3);
    for (const [{ raw }] of identify.mock.calls) expect(raw).toBe(message);
    expect(close).not.toHaveBeenCalled();
  });

  it('closes one at the moment that its credential expires, and asks nobody', async () => {
    const { watch, identify, close, connection } = setUp({
      identity: who({ expiresAt: START + 5 }),
    });
    watch.watch(connection);
    await seconds(4.9);
    expect(close).not.toHaveBeenCalled();
    await seconds(0.1);
    expect(close.mock.calls).toEqual([[4403, 'token_expired']]);
    await seconds(60);
    expect(identify).not.toHaveBeenCalled();
    expect(close).toHaveBeenCalledTimes(1);
  });

  it.each<[string, RequestScope, string]>([
    ['nobody', scopeOf(undefined, 'norte'), 'token_invalid'],
    ['somebody else', scopeOf(who({ id: 'eve' }), 'norte'), 'token_invalid'],
    ['a namesake', scopeOf(who({ issuer: 'other' }), 'norte'), 'token_invalid'],
    ['a member of another tenant', scopeOf(who(), 'sur'), 'tenant_mismatch'],
    ['a member of none', scopeOf(who(), undefined), 'tenant_mismatch'],
  ])('closes one that is of %s by now', async (_whom, scope, code) => {
    const { watch, identify, close, connection } = setUp();
    identify.mockResolvedValue(scope);
    watch.watch(connection);
    await seconds(10);
    expect(close.mock.calls).toEqual([[4403, code]]);
  });

  it.each([
    ['is revoked', new PatronusError('token_revoked'), 'token_revoked'],
    ['cannot be judged', new Error('broken'), 'token_invalid'],
  ])('closes one whose credential %s, once', async (_how, error, code) => {
    const { watch, identify, refused, close, connection } = setUp();
    identify.mockRejectedValue(error);
    watch.watch(connection);
    await seconds(60);
    expect(close.mock.calls).toEqual([[4403, code]]);
    expect(identify).toHaveBeenCalledTimes(1);
    expect(refused.mock.calls).toEqual([
      [
        expect.objectContaining({ code }),
        expect.objectContaining({ identity: connection.identity, tenantId: 'norte' }),
        { transport: 'graphql', route: 'connection', method: 'CONNECT', path: '/graphql' },
      ],
    ]);
  });

  it('lets one live through an outage, and closes it after that', async () => {
    const { watch, identify, close, connection } = setUp();
    identify.mockRejectedValueOnce(new PatronusError('provider_unavailable'));
    watch.watch(connection);
    await seconds(10);
    expect(close).not.toHaveBeenCalled();
    identify.mockRejectedValueOnce(new PatronusError('token_revoked'));
    await seconds(10);
    expect(close.mock.calls).toEqual([[4403, 'token_revoked']]);
  });

  it('ends the connection beneath where nothing can be closed', async () => {
    const { watch, identify, socket, connection } = setUp({ own: false });
    identify.mockRejectedValue(new PatronusError('token_revoked'));
    watch.watch(connection);
    await seconds(10);
    expect(socket.destroyed).toBe(true);
  });

  it.each<[string, (parts: ReturnType<typeof setUp>) => unknown]>([
    ['a connection that is over', ({ socket }) => socket.emit('close')],
    ['anything once it is stopped', ({ watch }) => watch.stop()],
  ])('looks no more at %s, even if a look was under way', async (_what, end) => {
    const parts = setUp();
    const { watch, identify, close, connection } = parts;
    const answers: ((scope: RequestScope) => void)[] = [];
    identify.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    watch.watch(connection);
    await seconds(10);
    end(parts);
    answers[0]?.(scopeOf(who(), 'norte'));
    await seconds(60);
    expect(identify).toHaveBeenCalledTimes(1);
    expect(close).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });
});

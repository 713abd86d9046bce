/** @jest-environment node */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PatronusError } from '../errors/patronus.error.js';
import { Identity } from '../identity/identity.js';
import { currentScope } from '../identity/request-scope.js';
import { jobScope } from '../identity/job-scope.js';
import { Connections } from './connections.js';

/** Socket like those of `ws`, which records its calls. */
class WrittenSocket {
  readyState = 1;
  readonly done: string[] = [];
  send(text: string) {
    this.done.push(text);
  }
  close(code: number, reason: string) {
    this.done.push(`close ${code} ${reason}`);
    this.readyState = 2;
  }
  pause() {
    this.done.push('pause');
  }
  resume() {
    this.done.push('resume');
  }
}

const request = { headers: {}, rawHeaders: [], method: 'GET', url: '/' };

describe('Connections', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const identity = () =>
    new Identity({ id: 'ana', issuer: 'i', provider: 'p', expiresAt: Date.now() / 1000 + 90 });
  const connections = (who = identity) =>
    new Connections(
      { identify: async () => jobScope({ identity: who() }), refused: () => 'd-1' },
      60,
    );
  const settle = () => jest.advanceTimersByTimeAsync(0);

  it('reads nothing of a client before it is served, in the scope of who it is', async () => {
    const client = new WrittenSocket();
    connections().receive(client, request, 'authenticated', () => {
      client.done.push(`served ${currentScope()?.identity?.id}`);
    });
    expect(client.done).toEqual(['pause']);
    await settle();
    expect(client.done).toEqual(['pause', 'served ana', 'resume']);
  });

  it('does not serve a client that is gone by then', async () => {
    const client = new WrittenSocket();
    const served = jest.fn();
    connections().receive(client, request, 'authenticated', served);
    client.readyState = 3;
    await settle();
    expect(served).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps one timer a connection, until it leaves', async () => {
    const client = new WrittenSocket();
    const all = connections();
    for (let time = 0; time < 2; time += 1) {
      all.receive(client, request, 'authenticated', () => {});
      await settle();
      expect(jest.getTimerCount()).toBe(1);
    }
    all.leave(client, () => {});
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps no timer where the gateway itself ends the connection', async () => {
    const client = new WrittenSocket();
    connections().receive(client, request, 'authenticated', () => client.close(1000, 'full'));
    await settle();
    expect(client.done).toContain('close 1000 full');
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['stays where its credential is of the same caller', {}, undefined],
    ['ends where it is of another caller', { id: 'bob' }, 'close 4401 token_invalid'],
    ['ends where it is of another issuer', { issuer: 'j' }, 'close 4401 token_invalid'],
  ])('%s by the next check', async (_what, now, closed) => {
    let fields = { id: 'ana', issuer: 'i', provider: 'p', expiresAt: Date.now() / 1000 + 90 };
    const client = new WrittenSocket();
    connections(() => new Identity(fields)).receive(client, request, 'authenticated', () => {});
    await settle();
    fields = { ...fields, ...now };
    await jest.advanceTimersByTimeAsync(60_000);
    expect(client.done.find((one) => one.startsWith('close'))).toBe(closed);
  });

  it('takes no message over a connection that it has closed', async () => {
    const client = new WrittenSocket();
    const all = connections();
    all.receive(client, request, 'authenticated', () => {});
    await settle();
    expect(all.of(client)?.handshake.headers).toEqual({});
    all.of(client)?.expel(new PatronusError('token_revoked'));
    expect(client.done.at(-2)).toBe('close 4401 token_revoked');
    expect(() => all.of(client)?.handshake).toThrow(
      expect.objectContaining({ code: 'token_revoked' }),
    );
  });

  it('keeps no timer when the application ends', async () => {
    const all = connections();
    all.receive(new WrittenSocket(), request, 'authenticated', () => {});
    await settle();
    expect(jest.getTimerCount()).toBe(1);
    all.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});

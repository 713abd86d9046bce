import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { AuthEvent } from './auth-event.js';
import { AuthEvents } from './auth-events.js';

const allowed: AuthEvent = {
  type: 'allowed',
  at: 1,
  decisionId: 'd-1',
  transport: 'http',
  route: 'Notes.list',
  method: 'GET',
  path: '/notes',
  user: 'ana',
  issuer: 'i',
  tenant: 't',
};
const recovered: AuthEvent = { type: 'provider_recovered', at: 2, provider: 'p', issuer: 'i' };

describe('AuthEvents', () => {
  const logged = jest.fn();
  beforeEach(() => {
    logged.mockClear();
    jest.spyOn(Logger.prototype, 'error').mockImplementation(logged);
  });
  afterEach(() => void jest.restoreAllMocks());

  it('tells the listeners of a type, in their order, until they end', () => {
    const events = new AuthEvents();
    const heard: string[] = [];
    const end = events.on('allowed', ({ user }) => heard.push(`first ${user}`));
    events.on('allowed', ({ route }) => heard.push(`second ${route}`));
    events.on('denied', () => heard.push('denied'));
    events.emit(allowed);
    end();
    events.emit(allowed);
    events.emit(recovered);
    expect(heard).toEqual(['first ana', 'second Notes.list', 'second Notes.list']);
  });

  it('knows for which types anybody listens', () => {
    const events = new AuthEvents();
    expect(events.hasListeners('allowed')).toBe(false);
    const end = events.on('allowed', () => undefined);
    expect(events.hasListeners('allowed')).toBe(true);
    expect(events.hasListeners('denied')).toBe(false);
    end();
    expect(events.hasListeners('allowed')).toBe(false);
  });

  it('calls one function twice that is there twice', () => {
    const events = new AuthEvents();
    const listener = jest.fn();
    const end = events.on('allowed', listener);
    events.on('allowed', listener);
    end();
    events.emit(allowed);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('tells all of them, then throws what the first one threw', () => {
    const events = new AuthEvents();
    const first = new Error('the disk is full');
    const heard = jest.fn();
    events.on('allowed', () => {
      throw first;
    });
    events.on('allowed', () => {
      throw new Error('second');
    });
    events.on('allowed', heard);
    expect(() => events.emit(allowed)).toThrow(
      expect.objectContaining({ message: 'A listener of allowed failed.', cause: first }),
    );
    expect(heard).toHaveBeenCalledWith(allowed);
    expect(logged.mock.calls).toEqual([
      ['A listener of the event allowed failed: the disk is full'],
      ['A listener of the event allowed failed: second'],
    ]);
  });

  it('throws where a listener throws null', () => {
    const events = new AuthEvents();
    events.on('allowed', () => AbortSignal.abort(null).throwIfAborted());
    expect(() => events.emit(allowed)).toThrow('A listener of allowed failed.');
  });

  it('does not wait for a promise, and logs one that fails', async () => {
    const events = new AuthEvents();
    let fail: (error: Error) => void = () => undefined;
    const failing = new Promise((_, reject) => (fail = reject));
    events.on('allowed', () => failing);
    expect(() => events.emit(allowed)).not.toThrow();
    fail(new Error('no route to the archive'));
    await failing.catch(() => undefined);
    expect(logged).toHaveBeenCalledWith(
      'A listener of the event allowed failed: no route to the archive',
    );
  });
});

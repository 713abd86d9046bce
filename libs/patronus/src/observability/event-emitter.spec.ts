import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { AuthEvent } from './auth-event.js';
import { AuthEvents } from './auth-events.js';
import { findEmitter, forwardEvents } from './event-emitter.js';

describe('the emitter of @nestjs/event-emitter', () => {
  it('is found under the name that its class has, not in the EventEmitter of Node.js', () => {
    const instance = new EventEmitter2();
    const other = { name: EventEmitter.name, instance: new EventEmitter() };
    expect(findEmitter([other, { name: EventEmitter2.name, instance }])).toBe(instance);
    expect(findEmitter([{ name: 'EventEmitter2', instance }])).toBe(instance);
    expect(findEmitter([other])).toBeUndefined();
    expect(findEmitter([{ name: 'Mailer', instance }])).toBeUndefined();
    expect(findEmitter([])).toBeUndefined();
  });

  it.each([undefined, null, 'emit', {}, { emit: true, emitAsync: true }])(
    'is not %p',
    (instance) => {
      expect(findEmitter([{ name: 'EventEmitter2', instance }])).toBeUndefined();
    },
  );

  it('repeats the events of every type', () => {
    const events = new AuthEvents();
    const emitter = new EventEmitter2();
    const heard: unknown[] = [];
    emitter.onAny((name, event: unknown) => heard.push([name, event]));
    forwardEvents(events, emitter);
    const told: AuthEvent[] = [
      { type: 'provider_unavailable', at: 1, provider: 'p', issuer: 'i', reason: 'down' },
      { type: 'provider_recovered', at: 2, provider: 'p', issuer: 'i' },
      { type: 'keys_rotated', at: 3, provider: 'p', issuer: 'i', added: ['b'], removed: ['a'] },
      { type: 'issuer_removed', at: 4, provider: 'p', issuer: 'i' },
      { type: 'revoked', at: 5, revocation: { user: 'ana' } },
    ];
    for (const event of told) events.emit(event);
    expect(heard).toEqual(told.map((event) => [`patronus.${event.type}`, event]));
    expect(events.hasListeners('allowed')).toBe(true);
    expect(events.hasListeners('denied')).toBe(true);
  });
});

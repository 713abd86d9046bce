import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { currentScope, runInScope } from '../identity/request-scope.js';
import { bindEmitter } from './bound-emitter.js';
import { jobScope } from '../identity/job-scope.js';

const within = (tenantId: string, work: () => void) => runInScope(jobScope({ tenantId }), work);

describe('a bound emitter', () => {
  const emitter = () => {
    const one = new EventEmitter();
    bindEmitter(one);
    return one;
  };
  const seen: (string | undefined)[] = [];
  const look = () => void seen.push(currentScope()?.tenantId);
  const seenAfter = (work: () => void) => {
    seen.length = 0;
    work();
    return [...seen];
  };

  it.each(['on', 'addListener', 'prependListener', 'once', 'prependOnceListener'] as const)(
    'runs what %s added in the tenant in which it was added, or in none',
    (add) => {
      const shared = emitter();
      shared[add]('change', look);
      within('norte', () => shared[add]('change', look));
      const tenants = seenAfter(() => within('sur', () => shared.emit('change')));
      expect(new Set(tenants)).toEqual(new Set(['norte', undefined]));
    },
  );

  it('would run it in the tenant of whoever emits, where it is not bound', () => {
    const shared = new EventEmitter().on('change', look);
    expect(seenAfter(() => within('sur', () => shared.emit('change')))).toEqual(['sur']);
  });

  it.each(['off', 'removeListener'] as const)('lets %s take a listener away', (remove) => {
    const shared = emitter().on('change', look);
    within('norte', () => shared.once('change', look));
    shared[remove]('change', look)[remove]('change', look);
    expect(seenAfter(() => shared.emit('change'))).toEqual([]);
    expect(shared.listenerCount('change')).toBe(0);
  });

  it('takes a listener of several events away from the one that is named', () => {
    const shared = emitter().on('change', look).on('end', look).off('change', look);
    expect([shared.listenerCount('change'), shared.listenerCount('end')]).toEqual([0, 1]);
  });

  it('takes away what stays, once what once added was heard', () => {
    const shared = emitter().on('change', look).once('change', look);
    shared.emit('change');
    expect(shared.off('change', look).listenerCount('change')).toBe(0);
  });

  it.each(['on', 'once'] as const)('is `this` in what %s added', (add) => {
    const heard: unknown[] = [];
    const shared = emitter();
    shared[add]('change', function (this: unknown) {
      heard.push(this);
    });
    shared.emit('change');
    expect(heard).toEqual([shared]);
  });

  it('hears once what once added, with its arguments', () => {
    const heard: unknown[] = [];
    const shared = emitter().once('change', (...args) => heard.push(args));
    shared.emit('change', 1, 2);
    shared.emit('change', 3);
    expect(heard).toEqual([[1, 2]]);
    expect(shared.listenerCount('change')).toBe(0);
  });

  it('is bound once, however often that is asked for', () => {
    const shared = emitter();
    const { on } = shared;
    bindEmitter(shared);
    expect(shared.on).toBe(on);
  });

  it('passes over what is no emitter', () => {
    expect(() => bindEmitter({ on: 'off' })).not.toThrow();
  });
});

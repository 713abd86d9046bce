import { describe, expect, it, jest } from '@jest/globals';
import { bindScope, currentScope, RequestScope, runInScope } from '../identity/request-scope.js';
import { callOf, PigeonTransport, refuse } from '../../../../test/fixtures/pigeon.js';
import type { TransportHost } from './transport-host.js';
import { Transports } from './transports.js';

describe('Transports', () => {
  it.each([
    ['one twice', [new PigeonTransport(), new PigeonTransport()]],
    ['http again', [Object.assign(new PigeonTransport(), { type: 'http' })]],
    ['something else', ['graphql']],
    ['no list', 'graphql'],
  ])('refuse %s', (_name, transports) => {
    expect(() => Reflect.construct(Transports, [transports])).toThrow(
      expect.objectContaining({ name: 'PatronusConfigurationError', path: 'transports' }),
    );
  });

  it('deny what is not listed', () => {
    const transports = new Transports([new PigeonTransport()]);
    expect(() => transports.open(callOf('smoke'), refuse)).toThrow(
      expect.objectContaining({
        code: 'transport_unsupported',
        reason: 'smoke is not among the transports of PatronusModule',
      }),
    );
    expect(transports.has('smoke')).toBe(false);
    expect(transports.has('pigeon')).toBe(true);
  });

  it('open one scope a call, and never take one that happens to be around', () => {
    const transports = new Transports([new PigeonTransport()]);
    const [one, other] = [callOf('pigeon'), callOf('pigeon')];
    const around = new RequestScope(undefined, refuse);
    runInScope(around, () => {
      expect(transports.scopeOf(one)).toBeUndefined();
      const scope = transports.open(one, refuse);
      expect(scope).not.toBe(around);
      expect(transports.open(one, refuse)).toBe(scope);
      expect(transports.scopeOf(one)).toBe(scope);
      expect(transports.open(other, refuse)).not.toBe(scope);
      expect(currentScope()).toBe(around);
    });
  });

  it('open a scope of its own for each call of a request', () => {
    const pigeon = new PigeonTransport();
    const transports = new Transports([pigeon]);
    const request = new RequestScope(undefined, refuse);
    pigeon.own = Object.assign(request, { proven: true, remembered: true, tenantId: 'norte' });
    const call = callOf('pigeon');
    expect(transports.scopeOf(call)).toBeUndefined();
    expect(transports.callOf(call)?.scope).toBe(request);
    const scope = transports.open(call, refuse);
    expect(scope).toMatchObject({ around: request, proven: true, remembered: true });
    expect(scope.tenantId).toBeUndefined();
    expect(transports.callOf(call)).toEqual({ transport: pigeon, scope });
    pigeon.own = scope;
    expect(transports.open(callOf('pigeon'), refuse).around).toBe(request);
  });

  it('ask for the request of a call once', () => {
    const pigeon = new PigeonTransport();
    const transports = new Transports([pigeon]);
    const call = callOf('pigeon');
    transports.open(call, refuse);
    expect(transports.requestOf(call)).toBe(transports.requestOf(call));
    expect(pigeon.asked).toBe(1);
    expect(transports.requestOf(call).raw?.headers).toEqual({ authorization: 'Bearer t' });
  });

  it('tell each transport of the start, the check and the end', () => {
    const pigeon = new PigeonTransport();
    const told = ['start', 'verify', 'stop'] as const;
    const spies = told.map((name) => jest.spyOn(pigeon, name));
    const transports = new Transports([pigeon]);
    const host: TransportHost = Object.create(null);
    transports.start(host);
    transports.verify();
    transports.stop();
    for (const spy of spies) expect(spy).toHaveBeenCalledTimes(1);
    expect(spies[0]).toHaveBeenCalledWith(host);
  });

  it('take the scope and the request of HTTP as Nest hands them out', () => {
    const transports = new Transports();
    const request = {};
    const args: unknown[] = [request];
    const call = callOf('http', args);
    const scope = new RequestScope(undefined, refuse);
    bindScope(request, scope);
    expect(transports.open(call, refuse)).toBe(scope);
    expect(transports.requestOf(call)).toBe(request);
    args[0] = { raw: request };
    expect(transports.open(call, refuse)).toBe(scope);
    expect(transports.requestOf(call)).toBe(args[0]);
    args[0] = {};
    expect(runInScope(scope, () => transports.scopeOf(call))).toBeUndefined();
  });

  it('refuse an HTTP request that the module has not seen', () => {
    expect(() => new Transports().open(callOf('http'), refuse)).toThrow(
      'PatronusModule has not seen this request.',
    );
  });
});

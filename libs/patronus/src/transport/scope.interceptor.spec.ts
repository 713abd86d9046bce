import { describe, expect, it, jest } from '@jest/globals';
import type { CallHandler } from '@nestjs/common';
import { ClsServiceManager } from 'nestjs-cls';
import { firstValueFrom, map, Observable, of, throwError, timer } from 'rxjs';
import { PatronusError } from '../errors/patronus.error.js';
import { currentScope, RequestScope, runInScope } from '../identity/request-scope.js';
import type { BoundHandler, HandlerType } from './handler-explorer.js';
import { callOf, PigeonTransport, refuse } from '../../../../test/fixtures/pigeon.js';
import { ScopeInterceptor } from './scope.interceptor.js';
import { Transports } from './transports.js';

function setUp({ isClosed = true } = {}) {
  const pigeon = new PigeonTransport();
  const transports = new Transports([pigeon]);
  const told = isClosed ? jest.fn((error: PatronusError) => error) : undefined;
  return { pigeon, transports, told, interceptor: new ScopeInterceptor(transports, told) };
}

/** Handler that answers with the scope that it runs in. */
const asking: CallHandler = { handle: () => new Observable((s) => s.next(currentScope())) };

const failing = (error: Error): CallHandler => ({ handle: () => throwError(() => error) });

function bound(type: HandlerType, handler: Function = () => {}): BoundHandler {
  return { type, owner: class Loft {}, handler, name: 'send' };
}

const listOf = (handler: Function): unknown[] => Reflect.getMetadata('__interceptors__', handler);

describe('ScopeInterceptor', () => {
  it('runs a call in its own scope, whatever scope is around', async () => {
    const { transports, interceptor } = setUp();
    const call = callOf('pigeon');
    const scope = transports.open(call, refuse);
    const around = new RequestScope(undefined, refuse);
    const outcome = runInScope(around, () => interceptor.intercept(call, asking));
    expect(await firstValueFrom(outcome)).toBe(scope);
  });

  it('stays in the store of the host where that has the scope already', async () => {
    const { transports, interceptor } = setUp();
    const call = callOf('pigeon');
    const scope = transports.open(call, refuse);
    const storing: CallHandler = { handle: () => of(ClsServiceManager.getClsService().get()) };
    await runInScope(scope, async () => {
      const inside = await firstValueFrom(interceptor.intercept(call, storing));
      expect(inside).toBe(ClsServiceManager.getClsService().get());
    });
  });

  it('runs what belongs to no call in the scope of the request', async () => {
    const { pigeon, interceptor } = setUp();
    pigeon.own = new RequestScope(undefined, refuse);
    expect(await firstValueFrom(interceptor.intercept(callOf('pigeon'), asking))).toBe(pigeon.own);
  });

  it('lets go of a handler whose caller has gone', () => {
    const { transports, interceptor } = setUp();
    const call = callOf('pigeon');
    transports.open(call, refuse);
    const gone = jest.fn();
    const endless: CallHandler = { handle: () => new Observable(() => gone) };
    interceptor.intercept(call, endless).subscribe().unsubscribe();
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['at once', failing(new PatronusError('tenant_required'))],
    [
      'later',
      {
        handle: () =>
          timer(1).pipe(
            map(() => {
              throw new PatronusError('tenant_required');
            }),
          ),
      },
    ],
    [
      'without an observable',
      {
        handle: () => {
          throw new PatronusError('tenant_required');
        },
      },
    ],
  ])('says a denial that is thrown %s in the words of the transport', async (_when, next) => {
    const { transports, interceptor } = setUp();
    const call = callOf('pigeon');
    transports.open(call, refuse).decisionId = 'd-1';
    const outcome = firstValueFrom(interceptor.intercept(call, next));
    await expect(outcome).rejects.toThrow('tenant_required d-1');
  });

  it('leaves every other error as it is', async () => {
    const { transports, interceptor } = setUp();
    const call = callOf('pigeon');
    transports.open(call, refuse);
    const error = new Error('own');
    const outcome = firstValueFrom(interceptor.intercept(call, failing(error)));
    await expect(outcome).rejects.toBe(error);
  });

  it('refuses a call that no guard has seen, unless the guards are manual', async () => {
    const { interceptor, told } = setUp();
    const next = { handle: jest.fn(() => of('ran')) };
    for (const call of [callOf('pigeon'), callOf('smoke')]) {
      expect(() => interceptor.intercept(call, next)).toThrow(
        expect.objectContaining({
          code: 'transport_unsupported',
          remedy: expect.stringContaining('{ inheritAppConfig: true }'),
        }),
      );
      expect(told).toHaveBeenLastCalledWith(expect.anything(), call);
    }
    expect(next.handle).not.toHaveBeenCalled();
    const { interceptor: open } = setUp({ isClosed: false });
    expect(await firstValueFrom(open.intercept(callOf('pigeon'), next))).toBe('ran');
  });

  it('knows a call that another application of the process has let in', async () => {
    const [one, other] = [setUp(), new ScopeInterceptor(new Transports(), refuse)];
    const call = callOf('pigeon');
    const scope = one.transports.open(call, refuse);
    scope.decisionId = 'd-1';
    expect(await firstValueFrom(other.intercept(call, asking))).toBe(scope);
    const denied = firstValueFrom(other.intercept(call, failing(new PatronusError('role_denied'))));
    await expect(denied).rejects.toThrow('role_denied d-1');
  });

  it('stands first on each handler, once, and restores the scope behind other interceptors', () => {
    const [{ interceptor: one }, { interceptor: other }] = [setUp(), setUp()];
    const [handler, bare] = [() => {}, () => {}];
    const own = { intercept: () => of() };
    Reflect.defineMetadata('__interceptors__', [own], handler);
    one.putOn([bound('ws', handler), bound('ws', bare)]);
    other.putOn([bound('ws', handler)]);
    expect(listOf(handler)).toEqual([other, own, { transports: expect.any(Transports) }]);
    expect(listOf(bare)).toEqual([one]);
  });

  it('stands on a route only where another interceptor does, and nearest to the handler', () => {
    const { interceptor } = setUp();
    const [guarded, bare, ofClass] = [() => {}, () => {}, () => {}];
    const own = { intercept: () => of() };
    const restorer = { transports: expect.any(Transports) };
    Reflect.defineMetadata('__interceptors__', [own], guarded);
    const routes = [bound('http', guarded), bound('http', bare)];
    interceptor.putOnRoutes(routes, []);
    interceptor.putOnRoutes(routes, []);
    expect(listOf(guarded)).toEqual([own, restorer]);
    expect(listOf(bare)).toBeUndefined();
    interceptor.putOnRoutes(routes, [own]);
    expect(listOf(bare)).toEqual([restorer]);
    interceptor.putOnRoutes(routes, []);
    expect(listOf(bare)).toBeUndefined();
    const route = bound('http', ofClass);
    Reflect.defineMetadata('__interceptors__', [own], route.owner);
    interceptor.putOnRoutes([route], []);
    expect(listOf(ofClass)).toEqual([restorer]);
  });

  it('tells when a handler is bound, and not before', () => {
    const { interceptor } = setUp();
    const told = jest.fn();
    const handler = bound('rpc');
    interceptor.putOn([handler], told);
    expect(told).not.toHaveBeenCalled();
    expect([...listOf(handler.handler)]).toEqual([interceptor]);
    expect(told).toHaveBeenCalledWith(handler);
  });
});

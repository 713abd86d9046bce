import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ExecutionContext, Logger } from '@nestjs/common';
import { PatronusError } from '../errors/patronus.error.js';
import { Identity } from '../identity/identity.js';
import { RequestScope } from '../identity/request-scope.js';
import type { AuthEvent } from './auth-event.js';
import { Transports } from '../transport/transports.js';
import { Explainer } from '../authorization/explanation/explainer.js';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { AuthEvents } from './auth-events.js';
import { Decisions } from './decisions.js';

class Notes {
  list(): void {}
}

function contextOf(request: object): ExecutionContext {
  const context: unknown = {
    getType: () => 'http',
    getClass: () => Notes,
    getHandler: () => Reflect.get(Notes.prototype, 'list'),
    getArgByIndex: () => request,
  };
  return context as ExecutionContext;
}

function scopeOf(known: Partial<RequestScope> = {}): RequestScope {
  const scope = new RequestScope(new ServerResponse(new IncomingMessage(new Socket())), () =>
    Promise.reject(new Error('not here')),
  );
  return Object.assign(scope, known);
}

const ana = new Identity({ id: 'ana', issuer: 'https://i', provider: 'p', expiresAt: 4e9 });
const context = contextOf({ method: 'GET', url: '/notes' });

function setUp() {
  const events = new AuthEvents();
  const heard: AuthEvent[] = [];
  const listen = () => {
    events.on('allowed', (event) => heard.push(event));
    events.on('denied', (event) => heard.push(event));
  };
  return {
    events,
    heard,
    listen,
    decisions: new Decisions(
      events,
      new Transports(),
      Reflect.construct(RuleRegistry, []),
      Reflect.construct(Explainer, []),
      'operators',
    ),
  };
}

describe('a decision', () => {
  const warned = jest.fn<(line: string) => void>();
  const debugged = jest.fn<(line: string) => void>();
  beforeEach(() => {
    jest.resetAllMocks();
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned);
    jest.spyOn(Logger.prototype, 'debug').mockImplementation(debugged);
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  });

  it('to allow costs nothing where nobody listens', () => {
    const { decisions } = setUp();
    const scope = scopeOf({ identity: ana });
    decisions.allow(scope, context);
    expect(scope.decisionId).toBeUndefined();
    expect(scope.response?.getHeaderNames()).toEqual([]);
    expect(() => decisions.allow(undefined, context)).not.toThrow();
  });

  it('to allow is told with whom, where and which tenant, and stands in the answer', () => {
    const { decisions, heard, listen } = setUp();
    listen();
    const scope = scopeOf({ identity: ana, tenantId: 'norte' });
    decisions.allow(scope, context);
    expect(heard).toEqual([
      {
        type: 'allowed',
        at: expect.any(Number),
        decisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        transport: 'http',
        route: 'Notes.list',
        method: 'GET',
        path: '/notes',
        user: 'ana',
        issuer: 'https://i',
        tenant: 'norte',
      },
    ]);
    expect(scope.response?.getHeader('Patronus-Decision')).toBe(scope.decisionId);
  });

  it('to allow is told where the answer has begun, such as that of a deferred field', () => {
    const { decisions, heard, listen } = setUp();
    listen();
    const scope = scopeOf({ identity: ana });
    scope.response?.flushHeaders();
    decisions.allow(scope, context);
    expect(heard).toHaveLength(1);
  });

  it('has one id for all calls of a request, and each is told', () => {
    const { decisions, heard, listen } = setUp();
    listen();
    const request = scopeOf();
    const calls = [request.ofCall(), request.ofCall()];
    for (const call of [...calls, ...calls]) decisions.allow(call, context);
    decisions.deny(new PatronusError('role_denied'), request.ofCall(), context);
    const { decisionId } = request;
    expect(decisionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(heard).toEqual(Array(3).fill(expect.objectContaining({ decisionId })));
    expect(calls.map((call) => call.decisionId)).toEqual([decisionId, decisionId]);
  });

  it('to deny is told with its code and reason, one id for answer, log and event', () => {
    const { decisions, heard, listen } = setUp();
    listen();
    const scope = scopeOf({ identity: ana });
    decisions.deny(new PatronusError('role_denied', { reason: 'why' }), scope, context);
    expect(heard).toEqual([
      expect.objectContaining({
        type: 'denied',
        code: 'role_denied',
        reason: 'why',
        user: 'ana',
        tenant: undefined,
        decisionId: scope.decisionId,
      }),
    ]);
    expect(scope.response?.getHeader('Patronus-Decision')).toBe(scope.decisionId);
    expect(warned.mock.calls[0]?.[0]).toMatch(/^role_denied \{"decisionId":/);
    expect(warned.mock.calls[0]?.[0]).toContain(scope.decisionId ?? 'none');
  });

  it.each([
    [contextOf({ method: 'GET', url: '/notes?token=s3cr3t' }), '/notes'],
    [contextOf({ method: 'GET', originalUrl: '/v1/notes?a=s3cr3t', url: '/notes' }), '/v1/notes'],
    [contextOf({ method: 'GET', url: '/notes?a=1\r\ns3cr3t' }), '/notes'],
    [contextOf({ method: 'GET', url: '/notes#s3cr3t' }), '/notes'],
    [contextOf({}), ''],
  ])('names the path without its query', (asked, path) => {
    const { decisions, heard, listen } = setUp();
    listen();
    decisions.deny(new PatronusError('token_invalid'), scopeOf(), asked);
    expect(heard).toEqual([expect.objectContaining({ path })]);
    expect(JSON.stringify([heard, debugged.mock.calls])).not.toContain('s3cr3t');
  });

  it('is a warning for a refusal or an outage, and debug for a bad token', () => {
    const { decisions } = setUp();
    for (const code of ['role_denied', 'provider_unavailable'] as const) {
      decisions.deny(new PatronusError(code), scopeOf(), context);
    }
    expect(warned).toHaveBeenCalledTimes(2);
    expect(debugged).not.toHaveBeenCalled();
    decisions.deny(new PatronusError('token_invalid'), scopeOf(), context);
    expect(warned).toHaveBeenCalledTimes(2);
    expect(debugged).toHaveBeenCalledTimes(1);
  });

  it('logs the message of the cause on one line, and never its stack', () => {
    const cause = new Error('connect\nECONNREFUSED');
    setUp().decisions.deny(
      new PatronusError('provider_unavailable', { cause }),
      scopeOf(),
      context,
    );
    const line = warned.mock.calls[0]?.[0] ?? '';
    expect(line).toContain(String.raw`"cause":"connect\nECONNREFUSED"`);
    expect(line.split('\n')).toHaveLength(1);
  });

  it('says nothing of an error that is not its own', () => {
    const { decisions, heard, listen } = setUp();
    listen();
    const scope = scopeOf();
    decisions.deny(new Error('something else'), scope, context);
    expect([heard, scope.response?.getHeaderNames()]).toEqual([[], []]);
  });

  it('to deny stays what it was where a listener fails, and to allow does not', () => {
    const { decisions, events } = setUp();
    const fail = () => {
      throw new Error('the disk is full');
    };
    events.on('denied', fail);
    events.on('allowed', fail);
    const scope = scopeOf({ identity: ana });
    expect(() => decisions.deny(new PatronusError('role_denied'), scope, context)).not.toThrow();
    const unrecorded = expect.objectContaining({
      code: 'permission_denied',
      reason: 'the decision was not recorded',
    });
    expect(() => decisions.allow(scope, context)).toThrow(unrecorded);
    expect(() => decisions.allow(scope, context)).toThrow(unrecorded);
  });

  it('to allow is told once for each request', () => {
    const { decisions, heard, listen } = setUp();
    listen();
    const scope = scopeOf({ identity: ana });
    decisions.allow(scope, context);
    decisions.allow(scope, context);
    decisions.allow(scopeOf({ identity: ana }), context);
    expect(heard).toHaveLength(2);
  });
});

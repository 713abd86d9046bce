import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { BoundHandler } from '../transport/handler-explorer.js';
import { CoverageGate, coverageMode, type CoverageMode } from './coverage.gate.js';
import type { CoveredHandlers } from './covered-handlers.js';
import type { GuardsInForce } from './guards-in-force.js';
import type { HandlerCoverage } from './handler-coverage.js';

function row(name: string, more: Partial<HandlerCoverage> = {}): HandlerCoverage {
  return {
    transport: 'http',
    handler: `Notes.${name}`,
    calls: [`GET /${name}`],
    access: 'authenticated',
    tenantOptional: false,
    requires: ["@RequirePermissions('notes.read')"],
    isRuled: true,
    guards: [],
    enforces: 'rule',
    missingGuards: [],
    ...more,
  };
}

const unruled = { requires: [], isRuled: false } as const;
const open = { ...unruled, enforces: 'nothing' } as const;
const bare = { enforces: 'nothing', missingGuards: ['AuthGuard', 'PermissionsGuard'] } as const;
const apart = { transport: 'rpc', enforces: 'refusal', refusal: 'inheritance' } as const;

const many = (count: number, more: Partial<HandlerCoverage>) =>
  Array.from({ length: count }, (_, at) => row(`r${at}`, more));

const WRITE_RULE =
  'Write @RequirePermissions(…), @Public(), or @RequireAuthentication() for every known caller.';
const WRITE_GUARDS =
  "Write @UseGuards(AuthGuard, PermissionsGuard), in this order, on the handler or on its class, or leave out guards: 'manual'.";
const HYBRID =
  'A microservice of a hybrid application has global guards only with { inheritAppConfig: true }.';
const INHERIT = 'Pass { inheritAppConfig: true } as the second argument of connectMicroservice().';

describe('the gate at start', () => {
  const settle = jest.fn();
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    settle.mockReset();
    for (const level of ['verbose', 'log', 'warn'] as const) {
      jest
        .spyOn(Logger.prototype, level)
        .mockImplementation((line: string) => said.push(`${level}: ${line}`));
    }
  });
  afterEach(() => void jest.restoreAllMocks());

  function gateOf(table: readonly HandlerCoverage[], mode: CoverageMode = 'report'): CoverageGate {
    const handlers: Pick<CoveredHandlers, 'inOrder' | 'coverageOf'> = {
      inOrder: () => table.map((coverage) => ({ coverage, bound: Object.create(null) })),
      coverageOf: ({ name }) => table.find(({ handler }) => handler === `Notes.${name}`) ?? row(''),
    };
    const guards: Pick<GuardsInForce, 'settle'> = { settle };
    return Reflect.construct(CoverageGate, [handlers, guards, mode]);
  }

  const bound = (name: string): BoundHandler => ({
    type: 'rpc',
    owner: class {},
    handler: () => {},
    name,
  });

  function start(...table: readonly HandlerCoverage[]): readonly string[] {
    gateOf(table).onModuleInit();
    expect(settle).toHaveBeenCalledTimes(1);
    return said.filter((line) => !line.startsWith('verbose'));
  }

  it('lists every handler with its rule, for those who ask for it', () => {
    start(row('a'), row('b', { access: 'public', requires: [], calls: ['GET /b', 'GET /c'] }));
    expect(said.slice(0, 2)).toEqual([
      "verbose: GET /a (Notes.a) @RequirePermissions('notes.read')",
      'verbose: GET /b, GET /c (Notes.b) @public',
    ]);
  });

  it('lists all that a handler requires', () => {
    start(row('a', { requires: ["@RequireRoles('doctor')", "@RequireScopes('x')"] }));
    expect(said[0]).toBe("verbose: GET /a (Notes.a) @RequireRoles('doctor') @RequireScopes('x')");
  });

  it('speaks as the rest of the module', () => {
    const log = jest.mocked(Logger.prototype.log);
    start(row('a'));
    expect(log.mock.contexts[0]).toHaveProperty('context', 'Patronus');
  });

  it('says nothing but numbers where all is well', () => {
    expect(start(row('a'), row('b', { access: 'public', enforces: 'nothing' }))).toEqual([
      'log: 2 handlers: 1 public, 0 without a rule (open to every known caller)',
    ]);
  });

  it('names handlers without a rule while they are few', () => {
    expect(start(row('a', unruled), row('b', unruled), row('c', open))).toEqual([
      'log: 3 handlers: 0 public, 2 without a rule (open to every known caller), 1 without a rule or a guard (open to every caller)',
      `log: No rule says who may call GET /a (Notes.a); GET /b (Notes.b). ${WRITE_RULE}`,
      `log: Without a rule and without a guard, every caller may call GET /c (Notes.c). ${WRITE_RULE} ${WRITE_GUARDS}`,
    ]);
  });

  it('counts one handler as one', () => {
    expect(start(row('a'))).toEqual([
      'log: 1 handler: 0 public, 0 without a rule (open to every known caller)',
    ]);
  });

  it.each([
    [19, 2],
    [20, 1],
  ])('with %i of them, logs %i lines', (count, lines) => {
    expect(start(...many(count, unruled))).toHaveLength(lines);
    said.length = 0;
    settle.mockReset();
    expect(start(...many(count, open))).toHaveLength(lines);
  });

  it('counts neither fields nor what is closed among the handlers that are open', () => {
    const field = row('text', { ...unruled, transport: 'graphql', enforces: 'parent' });
    const late = row('late', { ...unruled, enforces: 'refusal', refusal: 'order' });
    expect(start(field, late)[0]).toContain('0 without a rule (open to every known caller)');
    expect(said.join()).not.toContain('No rule says');
  });

  it('warns of rules that no guard asks for', () => {
    const table = [
      row('a', bare),
      row('b', { enforces: 'caller', missingGuards: ['PermissionsGuard'] }),
      row('c', { enforces: 'refusal', refusal: 'order', missingGuards: ['AuthGuard'] }),
    ];
    expect(start(...table).slice(1)).toEqual([
      `warn: 3 handlers have a rule that no guard enforces: GET /a (Notes.a) lacks AuthGuard and PermissionsGuard; GET /b (Notes.b) lacks PermissionsGuard; GET /c (Notes.c) lacks an AuthGuard before its PermissionsGuard. ${WRITE_GUARDS}`,
    ]);
  });

  it('warns of the first twenty by name', () => {
    const [, line = ''] = start(...many(22, bare));
    expect(line).toContain('22 handlers have a rule');
    expect(line).toContain('GET /r19 (Notes.r19) lacks AuthGuard and PermissionsGuard; and 2 more. ');
    expect(line).not.toContain('r20');
  });

  it('names the remedy of microservices and fields', () => {
    const rpc = row('rpc', { ...bare, transport: 'rpc' });
    const field = row('text', { ...bare, transport: 'graphql', enforces: 'parent' });
    expect(start(row('http', bare), rpc)[1]).toContain(`${WRITE_GUARDS} ${HYBRID}`);
    said.length = 0;
    settle.mockReset();
    expect(start(rpc, field).slice(1)).toEqual([
      `warn: 1 handler has a rule that no guard enforces: GET /rpc (Notes.rpc) lacks AuthGuard and PermissionsGuard. ${WRITE_GUARDS} ${HYBRID}`,
      "warn: 1 handler has a rule, and Nest runs no guards for fields: GET /text (Notes.text). Add fieldResolverEnhancers: ['guards', 'interceptors'] to GraphQLModule.forRoot().",
    ]);
  });

  it('warns of handlers that refuse every call', () => {
    const unlisted = (name: string, transport: HandlerCoverage['transport']) =>
      row(name, { transport, enforces: 'refusal', refusal: 'transport' });
    const table = [unlisted('a', 'ws'), unlisted('b', 'graphql'), unlisted('c', 'ws')];
    expect(start(...table, row('d', apart)).slice(1)).toEqual([
      `warn: GET /d (Notes.d) is bound without the guards of the application, and every call is refused. ${INHERIT}`,
      'warn: GET /a (Notes.a); GET /c (Notes.c) will refuse every call: the option "transports" lists none for ws. Add webSockets() of @patronus/nestjs/websockets to it.',
      'warn: GET /b (Notes.b) will refuse every call: the option "transports" lists none for graphql. Add graphql() of @patronus/nestjs/graphql to it.',
    ]);
  });

  it.each([
    ['ws', 'webSockets() of @patronus/nestjs/websockets'],
    ['rpc', 'microservices() of @patronus/nestjs/microservices'],
    ['graphql', 'graphql() of @patronus/nestjs/graphql'],
  ] as const)('names the transport to list for %s', (transport, entry) => {
    const [, line] = start(row('a', { transport, enforces: 'refusal', refusal: 'transport' }));
    expect(line).toContain(`lists none for ${transport}. Add ${entry} to it.`);
  });

  it('enforced, refuses the start with all that is wrong, and names every handler', () => {
    const refuse = (...table: readonly HandlerCoverage[]) =>
      expect(() => gateOf(table, 'enforce').onModuleInit());
    refuse(row('a', bare)).toThrow(
      `coverage: 1 handler has a rule that no guard enforces: GET /a (Notes.a) lacks AuthGuard and PermissionsGuard. ${WRITE_GUARDS}`,
    );
    const half = row('d', { enforces: 'caller', missingGuards: ['PermissionsGuard'] });
    const table = [row('a', bare), row('b', unruled), row('c', open), half, row('e', bare)];
    refuse(...table).toThrow(
      [
        `coverage: 5 handlers are not covered. 2 handlers have a rule, and lack AuthGuard and PermissionsGuard. ${WRITE_GUARDS}`,
        '  GET /a (Notes.a)',
        '  GET /e (Notes.e)',
        '1 handler has a rule, and lacks PermissionsGuard.',
        '  GET /d (Notes.d)',
        `No rule says who may call 1 handler. ${WRITE_RULE}`,
        '  GET /b (Notes.b)',
        'Without a rule and without a guard, every caller may call 1 handler.',
        '  GET /c (Notes.c)',
      ].join('\n'),
    );
    refuse(row('a', bare), row('b', unruled)).toThrow(
      'coverage: 2 handlers are not covered. 1 handler has a rule, and lacks AuthGuard',
    );
    refuse(row('rpc', { ...bare, transport: 'rpc' })).toThrow(`${WRITE_GUARDS} ${HYBRID}`);
    refuse(...many(30, bare)).toThrow('\n  GET /r29 (Notes.r29)');
    refuse(row('text', { ...unruled, enforces: 'parent' })).toThrow('No rule says');
    refuse(row('a'), row('b', { access: 'public', enforces: 'nothing' })).not.toThrow();
    refuse(row('a', { enforces: 'refusal', refusal: 'transport' })).not.toThrow();
  });

  it('looks at what is bound later, and tells all of it in one line', async () => {
    const gate = gateOf([row('a', apart), row('b', apart), row('c')]);
    gate.noteBinding(bound('a'));
    await Promise.resolve();
    expect(said).toEqual([]);
    gate.onModuleInit();
    said.length = 0;
    for (const name of ['a', 'b', 'c']) gate.noteBinding(bound(name));
    expect(said).toEqual([]);
    await Promise.resolve();
    expect(said).toEqual([
      `warn: GET /a (Notes.a); GET /b (Notes.b) are bound without the guards of the application, and every call is refused. ${INHERIT}`,
    ]);
    gate.noteBinding(bound('b'));
    await Promise.resolve();
    expect(said).toHaveLength(2);
  });

  it('enforced, refuses to bind it, before the start as well', () => {
    const gate = gateOf([row('a', apart), row('b', bare), row('c')], 'enforce');
    expect(() => gate.noteBinding(bound('a'))).toThrow(INHERIT);
    expect(() => gate.noteBinding(bound('b'))).toThrow('lacks AuthGuard and PermissionsGuard');
    expect(() => gate.noteBinding(bound('c'))).not.toThrow();
  });
});

describe('coverageMode', () => {
  it('is to report, by default', () => {
    expect([undefined, 'report', 'enforce'].map(coverageMode)).toEqual([
      'report',
      'report',
      'enforce',
    ]);
    expect(() => coverageMode('strict')).toThrow("Write 'report' to list every handler at start");
    expect(() => coverageMode(null)).toThrow('coverage: is not a mode.');
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  Scope,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, ApplicationConfig, DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { BindingWatch } from './binding-watch.js';
import type { HandlerType } from './handler-explorer.js';
import {
  HandlerGuards,
  isEntity,
  isField,
  isGuardOf,
  LastGuard,
  putLastGuard,
} from './handler-guards.js';

class Open implements CanActivate {
  canActivate() {
    return true;
  }
}
class Global extends Open {}
class OfClass extends Open {}
class OfMethod extends Open {}

@Injectable({ scope: Scope.REQUEST })
class OfRequest extends Open {}

@UseGuards(OfClass)
class Routes {
  @UseGuards(OfMethod) guarded() {}
  bare() {}
}
class Heir extends Routes {}

@Resolver('Note')
class Notes {
  @Query() @UseGuards(OfMethod) notes() {}
  @ResolveField() @UseGuards(OfMethod) text() {}
  @ResolveReference() @UseGuards(OfMethod) note() {}
}

@Resolver('Query')
class Operations {
  @ResolveField() @UseGuards(OfMethod) text() {}
  @ResolveReference() @UseGuards(OfMethod) note() {}
}

async function setUp(graphqlOptions?: unknown) {
  const global = new Global();
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [
      OfRequest,
      { provide: APP_GUARD, useValue: global },
      { provide: APP_GUARD, useClass: OfRequest },
      { provide: APP_GUARD, useExisting: OfRequest },
      ...(graphqlOptions === undefined
        ? []
        : [{ provide: 'GqlModuleOptions', useValue: graphqlOptions }]),
    ],
  }).compile();
  const config = module.get(ApplicationConfig);
  const watch = new BindingWatch(config);
  const guards = new HandlerGuards(config, module.get(DiscoveryService), watch);
  const before = (type: HandlerType, owner: { prototype: object }, name: string) =>
    guards.before({
      type,
      owner: owner as Function,
      handler: Reflect.get(owner.prototype, name) as Function,
    });
  return { global, config, discovery: module.get(DiscoveryService), watch, guards, before };
}

describe('the guards before a handler', () => {
  it('are those of the application, of its requests, of the class and of the method', async () => {
    const { before, global } = await setUp();
    const expected = [global, OfRequest, OfRequest, OfClass];
    expect(before('http', Routes, 'bare')).toEqual(expected);
    expect(before('http', Heir, 'guarded')).toEqual([...expected, OfMethod]);
    expect(before('rpc', Routes, 'bare')).toEqual(expected);
    class Bare {
      route() {}
    }
    expect(before('http', Bare, 'route')).toEqual([global, OfRequest, OfRequest]);
  });

  it('of a gateway are never made for a request', async () => {
    const { before, global } = await setUp();
    expect(before('ws', Routes, 'bare')).toEqual([global, OfClass]);
  });

  it('of fields and entities are none, unless the options of GraphQL ask for them', async () => {
    for (const options of [{}, { fieldResolverEnhancers: ['interceptors'] }, null]) {
      const { before } = await setUp(options);
      expect(before('graphql', Notes, 'text')).toEqual([]);
      expect(before('graphql', Notes, 'note')).toEqual([]);
      expect(before('graphql', Notes, 'notes')).toContain(OfMethod);
    }
    const { before } = await setUp({ fieldResolverEnhancers: ['guards'] });
    for (const name of ['text', 'note']) expect(before('graphql', Notes, name)).toContain(OfMethod);
    const plain = await setUp({});
    for (const name of ['text', 'note'])
      expect(plain.before('graphql', Operations, name)).toContain(OfMethod);
    const without = await setUp();
    expect(without.before('graphql', Notes, 'text')).toContain(OfMethod);
  });

  it('do not change once they are settled', async () => {
    const { before, config, guards } = await setUp();
    const late = new Global();
    guards.settle();
    config.useGlobalGuards(late);
    guards.settle();
    expect(before('http', Routes, 'bare')).not.toContain(late);
  });

  it('of a gateway are those of the moment at which the first was bound', async () => {
    const { before, config, watch, guards, global } = await setUp();
    config.getGlobalGuards();
    watch.noteBinding(Routes.prototype.bare, 'ws');
    config.useGlobalGuards(new Global());
    guards.settle();
    expect(before('ws', Routes, 'bare')).toEqual([global, OfClass]);
    expect(before('ws', Routes, 'guarded')).toEqual([global, OfClass, OfMethod]);
    expect(before('http', Routes, 'guarded')).toHaveLength(6);
  });

  it('of a gateway are none of the application where a later binding does not inherit', async () => {
    const { before, config, watch } = await setUp();
    config.getGlobalGuards();
    watch.noteBinding(Routes.prototype.bare, 'ws');
    watch.noteBinding(Routes.prototype.bare, 'ws');
    expect(before('ws', Routes, 'bare')).toEqual([OfClass]);
  });

  it('are those of the application where no binding is watched', async () => {
    const { config, discovery, global } = await setUp();
    const guards = new HandlerGuards(config, discovery);
    const handler = Routes.prototype.bare;
    expect(guards.before({ type: 'ws', owner: Routes, handler })).toEqual([global, OfClass]);
    const ofRoutes = [global, OfRequest, OfRequest, OfClass];
    for (const type of ['http', 'rpc'] as const) {
      expect(guards.before({ type, owner: Routes, handler })).toEqual(ofRoutes);
    }
  });

  it('of a microservice are those of the moment at which it was bound', async () => {
    const { before, config, watch, global } = await setUp();
    config.getGlobalGuards();
    watch.noteBinding(Routes.prototype.bare, 'rpc');
    const late = new Global();
    config.useGlobalGuards(late);
    expect(before('rpc', Routes, 'bare')).toEqual([global, OfRequest, OfRequest, OfClass]);
    expect(before('rpc', Routes, 'guarded')).toContain(late);
    expect(before('http', Routes, 'bare')).toContain(late);
  });

  it('of a microservice with a configuration of its own are none of the application', async () => {
    const { before, config, watch } = await setUp();
    watch.noteBinding(Routes.prototype.bare, 'rpc');
    expect(before('rpc', Routes, 'bare')).toEqual([OfClass]);
    // Bound again, by a microservice that inherits. The other binding is still in force.
    config.getGlobalGuards();
    watch.noteBinding(Routes.prototype.bare, 'rpc');
    expect(before('rpc', Routes, 'bare')).toEqual([OfClass]);
  });

  it('of a microservice are fewer where a later one does not inherit', async () => {
    const { before, config, watch } = await setUp();
    config.getGlobalGuards();
    watch.noteBinding(Routes.prototype.bare, 'rpc');
    watch.noteBinding(Routes.prototype.bare, 'rpc');
    expect(before('rpc', Routes, 'bare')).toEqual([OfClass]);
  });

  it('are read without a trace, and are not taken for those of a binding long after', async () => {
    const { before, config, watch } = await setUp();
    before('rpc', Routes, 'guarded');
    watch.noteBinding(Routes.prototype.guarded, 'rpc');
    expect(watch.bindingOf(Routes.prototype.guarded)).toEqual({ inherits: false, guards: [] });
    config.getGlobalGuards();
    await Promise.resolve();
    watch.noteBinding(Routes.prototype.bare, 'rpc');
    expect(watch.bindingOf(Routes.prototype.bare)?.inherits).toBe(false);
    expect(watch.bindingOf(Notes.prototype.text)).toBeUndefined();
  });
});

describe('the last guard of a handler', () => {
  const guardsOf = (handler: Function): unknown => Reflect.getMetadata('__guards__', handler);
  const last = new LastGuard(() => undefined);

  it('stands behind the others, replaces that of an earlier application, and goes', async () => {
    @UseGuards(OfClass)
    class Bed {
      @UseGuards(OfMethod) guarded() {}
      bare() {}
    }
    const { guarded, bare } = Bed.prototype;
    const handlers = [{ handler: guarded }, { handler: bare }];
    const { before, global } = await setUp();
    for (const one of [new LastGuard(() => undefined), last]) putLastGuard(handlers, one);
    expect(guardsOf(guarded)).toEqual([OfMethod, last]);
    expect(guardsOf(bare)).toEqual([last]);
    const expected = [global, OfRequest, OfRequest, OfClass];
    expect(before('http', Bed, 'bare')).toEqual(expected);
    expect(before('http', Bed, 'guarded')).toEqual([...expected, OfMethod]);
    putLastGuard(handlers, undefined);
    expect(guardsOf(guarded)).toEqual([OfMethod]);
    expect(Reflect.hasMetadata('__guards__', bare)).toBe(false);
  });

  it('lets a call pass unless its check refuses it', () => {
    const context: ExecutionContext = Object.create(null);
    expect(last.canActivate(context)).toBe(true);
    const refusal = new Error('refused');
    const closed = new LastGuard((seen) => {
      if (seen === context) throw refusal;
    });
    expect(() => closed.canActivate(context)).toThrow(refusal);
  });
});

describe('isGuardOf', () => {
  it.each<[unknown, boolean]>([
    [Open, true],
    [Global, true],
    [new Open(), true],
    [new Global(), true],
    [class {}, false],
    [() => true, false],
    [{ canActivate: () => true }, false],
    [undefined, false],
  ])('%p: %s', (guard, expected) => {
    expect(isGuardOf(guard, Open)).toBe(expected);
  });

  it('tells fields from queries and entities', () => {
    const of = (owner: Function, name: string) => {
      const handler = Reflect.get(owner.prototype, name) as Function;
      const bound = { type: 'graphql', owner, handler } as const;
      return [isField(bound), isEntity(bound)];
    };
    expect(of(Notes, 'text')).toEqual([true, false]);
    expect(of(Notes, 'notes')).toEqual([false, false]);
    expect(of(Notes, 'note')).toEqual([false, true]);
    for (const name of ['text', 'note']) expect(of(Operations, name)).toEqual([false, false]);
    const handler = Notes.prototype.text;
    expect(isField({ type: 'http', owner: Notes, handler })).toBe(false);
  });
});

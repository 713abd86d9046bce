import { describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Query, ResolveField, ResolveReference, Resolver, Subscription } from '@nestjs/graphql';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { HandlerExplorer } from './handler-explorer.js';

class BaseController {
  @Get() list() {}
}

@Controller()
class NotesController extends BaseController {
  @Get('sum') @MessagePattern('sum') sum() {}
  @EventPattern('added') added(_data: unknown) {}
  get later(): never {
    throw new Error('a getter was asked');
  }
  plain() {}
}

@WebSocketGateway()
class ChatGateway {
  @SubscribeMessage('say') say() {}
}

@Resolver('Note')
class NotesResolver {
  @Query() notes() {}
  @Subscription() posted() {}
  @ResolveField() text() {}
  @ResolveReference() reference() {}
}

describe('HandlerExplorer', () => {
  it('finds the handlers of every transport, inherited ones too, by each of their marks', async () => {
    const module = await Test.createTestingModule({
      imports: [DiscoveryModule],
      controllers: [NotesController],
      providers: [
        HandlerExplorer,
        ChatGateway,
        NotesResolver,
        { provide: 'arrow', useFactory: () => 1 },
        { provide: 'value', useValue: new ChatGateway() },
      ],
    }).compile();
    const found = module.get(HandlerExplorer).all();
    expect(found.map(({ type, owner, name }) => `${type} ${owner.name}.${name}`)).toEqual([
      'http NotesController.sum',
      'rpc NotesController.sum',
      'rpc NotesController.added',
      'http NotesController.list',
      'ws ChatGateway.say',
      'graphql NotesResolver.notes',
      'graphql NotesResolver.posted',
      'graphql NotesResolver.text',
      'graphql NotesResolver.reference',
    ]);
    expect(found[3]?.handler).toBe(BaseController.prototype.list);
  });

  it('finds every method of a class of operations, and of one that extends it', async () => {
    @Resolver('Query')
    class Queries {
      unmarked() {}
      @Query('marked') marked() {}
    }
    class Heir extends Queries {}
    @Resolver('Mutation')
    class Mutations {
      change() {}
    }
    @Resolver('Subscription')
    class Subscriptions {
      posted() {}
    }
    const module = await Test.createTestingModule({
      imports: [DiscoveryModule],
      providers: [
        HandlerExplorer,
        Heir,
        Mutations,
        { provide: 'made', useFactory: () => new Subscriptions() },
      ],
    }).compile();
    const found = module.get(HandlerExplorer).all();
    expect(found.map(({ type, owner, name }) => `${type} ${owner.name}.${name}`)).toEqual([
      'graphql Heir.unmarked',
      'graphql Heir.marked',
      'graphql Mutations.change',
      'graphql Subscriptions.posted',
    ]);
  });

  it('finds the resolvers that a value or a factory provides, as Nest binds them', async () => {
    class Inherited extends NotesResolver {}
    class Made {
      @Query() made() {}
    }
    class Valued {
      @ResolveField() valued() {}
      @SubscribeMessage('never') @Get() @EventPattern('never') unbound(_data: unknown) {}
    }
    const module = await Test.createTestingModule({
      imports: [DiscoveryModule],
      providers: [
        HandlerExplorer,
        { provide: Made, useFactory: async () => Promise.resolve(new Made()) },
        { provide: 'made again', useFactory: () => new Made() },
        { provide: Valued, useValue: new Valued() },
        { provide: 'heir', useValue: new Inherited() },
      ],
    }).compile();
    const found = module.get(HandlerExplorer).all();
    expect(found.map(({ type, owner, name }) => `${type} ${owner.name}.${name}`)).toEqual([
      'graphql Made.made',
      'graphql Valued.valued',
      'graphql Inherited.notes',
      'graphql Inherited.posted',
      'graphql Inherited.text',
      'graphql Inherited.reference',
    ]);
  });
});

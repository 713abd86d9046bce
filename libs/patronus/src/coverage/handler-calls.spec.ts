import { describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Get,
  RequestMethod,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { Mutation, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage } from '@nestjs/websockets';
import type { HandlerType } from '../transport/handler-explorer.js';
import { callsOf } from './handler-calls.js';

@Resolver('Note')
class NotesResolver {
  @Query() notes() {}
  @Query('noteById') byId() {}
  @Mutation() addNote() {}
  @Subscription() added() {}
  @ResolveField() text() {}
  @ResolveField('author') authorOf() {}
  @SubscribeMessage('say') say() {}
  @SubscribeMessage({ cmd: 'say' }) order() {}
  @MessagePattern('sum') sum() {}
  @MessagePattern({ cmd: 'sum' }) command() {}
  @EventPattern(['added', 'removed']) changed(_data: unknown) {}
}

@Controller({ path: ['a', '/b/'], version: '1' })
class PathsController {
  @Get() get() {}
  @Get('own') @Version(['3', VERSION_NEUTRAL]) own() {}
  @All('*rest') all() {}
}

@Controller()
class BareController {
  @Get(':id') get() {}
}

function calls(
  owner: Function,
  name: string,
  type: HandlerType,
  config = new ApplicationConfig(),
  modulePath = '',
): readonly string[] {
  const handler: Function = Reflect.get(owner.prototype, name);
  return callsOf({ type, owner, handler, name }, config, modulePath);
}

describe('the calls of a handler', () => {
  it.each<[HandlerType, string, readonly string[]]>([
    ['graphql', 'notes', ['QUERY notes']],
    ['graphql', 'byId', ['QUERY noteById']],
    ['graphql', 'addNote', ['MUTATION addNote']],
    ['graphql', 'added', ['SUBSCRIPTION added']],
    ['graphql', 'text', ['FIELD NotesResolver.text']],
    ['graphql', 'authorOf', ['FIELD NotesResolver.author']],
    ['ws', 'say', ['MESSAGE say']],
    ['ws', 'order', ['MESSAGE {"cmd":"say"}']],
    ['rpc', 'sum', ['RPC sum']],
    ['rpc', 'command', ['RPC {"cmd":"sum"}']],
    ['rpc', 'changed', ['EVENT added', 'EVENT removed']],
  ])('on %s, %s, are %j', (type, name, expected) => {
    expect(calls(NotesResolver, name, type)).toEqual(expected);
  });

  it('are those that are given, if another part of Nest knows them', () => {
    const handler = () => undefined;
    const bound = { type: 'rpc', owner: NotesResolver, handler, name: 'sum' } as const;
    const given = ['RPC Sums/Sum'];
    expect(callsOf({ ...bound, calls: given }, new ApplicationConfig(), '')).toBe(given);
  });

  it('on a microservice may have one pattern that is in no list', () => {
    class Bare {
      sum() {}
    }
    Reflect.defineMetadata('microservices:pattern', 'sum', Bare.prototype.sum);
    expect(calls(Bare, 'sum', 'rpc')).toEqual(['RPC sum']);
  });

  it.each([undefined, 99])('on HTTP are all methods, if the method is %p', (method) => {
    class Bare {
      any() {}
    }
    Reflect.defineMetadata('method', method, Bare.prototype.any);
    expect(calls(Bare, 'any', 'http')).toEqual(['ALL /']);
  });

  it('on HTTP are one for each path', () => {
    expect(calls(PathsController, 'get', 'http')).toEqual(['GET /a', 'GET /b']);
    expect(calls(PathsController, 'all', 'http')).toEqual(['ALL /a/*rest', 'ALL /b/*rest']);
    expect(calls(BareController, 'get', 'http')).toEqual(['GET /:id']);
  });

  it.each<[string, string | false | undefined, readonly string[]]>([
    ['the usual prefix', undefined, ['GET /v1/a', 'GET /v1/b']],
    ['another prefix', 'ver-', ['GET /ver-1/a', 'GET /ver-1/b']],
    ['no prefix', false, ['GET /1/a', 'GET /1/b']],
  ])('on HTTP name the version in the path, with %s', (_which, prefix, expected) => {
    const config = new ApplicationConfig();
    config.enableVersioning({ type: VersioningType.URI, ...(prefix !== undefined && { prefix }) });
    expect(calls(PathsController, 'get', 'http', config)).toEqual(expected);
    expect(calls(BareController, 'get', 'http', config)).toEqual(['GET /:id']);
    const version = expected.map((call) => call.replace('1', '3'));
    expect(calls(PathsController, 'own', 'http', config)).toEqual([
      `${version[0]}/own`,
      `${version[1]}/own`,
      'GET /a/own',
      'GET /b/own',
    ]);
  });

  it('on HTTP take the default version, and no version of a header', () => {
    const config = new ApplicationConfig();
    config.enableVersioning({ type: VersioningType.URI, defaultVersion: ['7', '8'] });
    expect(calls(BareController, 'get', 'http', config)).toEqual(['GET /v7/:id', 'GET /v8/:id']);
    config.enableVersioning({ type: VersioningType.HEADER, header: 'v', defaultVersion: '7' });
    expect(calls(BareController, 'get', 'http', config)).toEqual(['GET /:id']);
  });

  it('on HTTP have the global prefix, unless they are excluded from it', () => {
    const config = new ApplicationConfig();
    config.setGlobalPrefix('api');
    expect(calls(PathsController, 'get', 'http', config, 'old')).toEqual([
      'GET /api/old/a',
      'GET /api/old/b',
    ]);
    const exclude = [
      { path: '/a', pathRegex: /^\/a$/, requestMethod: RequestMethod.ALL },
      { path: '/b', pathRegex: /^\/b$/, requestMethod: RequestMethod.POST },
      { path: '/:id', pathRegex: /^\/:id$/, requestMethod: RequestMethod.GET },
    ];
    config.setGlobalPrefixOptions({ exclude });
    expect(calls(PathsController, 'get', 'http', config)).toEqual(['GET /a', 'GET /api/b']);
    expect(calls(BareController, 'get', 'http', config)).toEqual(['GET /:id']);
  });
});

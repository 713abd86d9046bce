import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PathPattern } from '../../libs/patronus/src/command/explain/path-pattern.js';
import { ADAPTERS } from '../core/adapters.js';

const PATTERNS = {
  express: [
    '/files/*path',
    '/users{/:id}',
    '/a{/:x}{/:y}',
    '/a/{*rest}',
    '/:x/*y',
    '/a/*y/b',
    '/x{y}z',
    '/f/:id{.:ext}',
  ],
  fastify: [
    '/n/:id(\\d+)',
    '/n/:id(^\\d+$)/b',
    '/opt/:id?',
    '/:id?',
    '/n/:a(\\d+)-:b',
    '/users{/:id}',
  ],
};
const BOTH = [
  '/',
  '/a',
  '/a/b',
  '/:id',
  '/a/:id',
  '/a/:id/b',
  '/v:major.:minor',
  '/a.b',
  '/a/:id.json',
  '/a-:id',
  '/:a-:b',
  '/:a.:b/:c',
  '/w/*',
];
const PATHS = [
  '/ /a /A /a/ /a/b /a/B/ /a/b/ /a/b/c /a// //a /a//b /a/1/2/b /v1.2 /v1.2.3 /a.b /axb /a/7.json /a-7',
  '/f/x /f/x.y /f/x.y.z /f/x.y/ /a-b-c /a- /1.2/3 /files /files/ /files/a /files/a/b /files/a%2Fb/c /w /w/ /w/1/2 /users /users/7',
  '/users/7/ /xz /xyz /x/y/z /n/5 /n/x /n/5/b /n/5-6 /opt /opt/ /opt/1 /a%20b /a/%E0 /a/%2F',
].flatMap((paths) => paths.split(' '));

/** The parameters of each path that the server takes to a route of that pattern. */
async function realParams(adapter: (typeof ADAPTERS)[number][1], pattern: string) {
  @Controller()
  class EchoController {
    @Get(pattern) echo(@Param() params: unknown) {
      return { params };
    }
  }
  @Module({ controllers: [EchoController] })
  class EchoModule {}
  const app = await NestFactory.create(EchoModule, adapter(), { logger: false });
  try {
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const answers = PATHS.map(async (path) => {
      const response = await fetch(url + path);
      const body = (await response.json()) as { params: unknown };
      return [path, response.status === 200 ? body.params : undefined] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  } finally {
    await app.close();
  }
}

describe.each(ADAPTERS)('the paths of patronus explain, %s', (name, adapter) => {
  const server = name === 'fastify' ? 'fastify' : 'express';

  it.each([...BOTH, ...PATTERNS[server]])('are those of the server: %s', async (pattern) => {
    const known = new PathPattern(pattern, server);
    const ours = Object.fromEntries(PATHS.map((path) => [path, known.match(path)]));
    expect(ours).toEqual(await realParams(adapter, pattern));
  });
});

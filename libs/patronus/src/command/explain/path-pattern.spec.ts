import { describe, expect, it } from '@jest/globals';
import { compareExactness, PathPattern } from './path-pattern.js';

// explain-paths.e2e-spec.ts compares the patterns with real servers.
describe('PathPattern', () => {
  it.each([
    ['/patients', '/patients', {}],
    ['/patients', '/Patients/', {}],
    ['/', '/', {}],
    ['/patients/:id', '/patients/a%20b', { id: 'a b' }],
    ['/v:major.:minor', '/v1.2.3', { major: '1.2', minor: '3' }],
    ['/files/*path', '/files/a%2Fb/c', { path: ['a/b', 'c'] }],
    ['/users{/:id}', '/users', {}],
    ['/users{/:id}', '/users/7', { id: '7' }],
    ['/a.b', '/a.b', {}],
  ])('%s reaches %s on Express', (pattern, path, params) => {
    expect(new PathPattern(pattern, 'express').match(path)).toEqual(params);
  });

  it.each([
    ['/patients', '/patients/7'],
    ['/patients/:id', '/patients/7/notes'],
    ['/patients/:id', '/patients/'],
    ['/patients/:id', '/patients/%E0'],
    ['/a.b', '/axb'],
  ])('%s does not reach %s on Express', (pattern, path) => {
    expect(new PathPattern(pattern, 'express').match(path)).toBeUndefined();
  });

  it.each([
    ['/:id(\\d+)', '/42', { id: '42' }],
    ['/opt/:id?', '/opt', {}],
    ['/opt/:id?', '/opt/7', { id: '7' }],
    ['/files/*', '/files/a/b', { '*': 'a/b' }],
    ['/files/*', '/files/', { '*': '' }],
  ])('%s reaches %s on Fastify', (pattern, path, params) => {
    expect(new PathPattern(pattern, 'fastify').match(path)).toEqual(params);
  });

  it.each([
    ['/:id(\\d+)', '/x'],
    ['/patients', '/Patients'],
    ['/patients', '/patients/'],
    ['/users{/:id}', '/users'],
  ])('%s does not reach %s on Fastify', (pattern, path) => {
    expect(new PathPattern(pattern, 'fastify').match(path)).toBeUndefined();
  });

  it('has the more exact path first', () => {
    const paths = ['/*rest', '/:id', '/:id/b', '/a', '/a/:id', '/a/b'];
    expect(paths.toSorted(compareExactness)).toEqual([
      '/a/b',
      '/a/:id',
      '/a',
      '/:id/b',
      '/:id',
      '/*rest',
    ]);
  });
});

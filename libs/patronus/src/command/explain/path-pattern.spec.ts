import { describe, expect, it } from '@jest/globals';
import { compareExactness, PathPattern } from './path-pattern.js';

describe('PathPattern', () => {
  it.each([
    ['/patients', '/patients', {}],
    ['/patients', '/Patients/', {}],
    ['/', '/', {}],
    ['/patients/:id', '/patients/a%20b', { id: 'a b' }],
    ['/patients/:id', '/patients/%E0', { id: '%E0' }],
    ['/v:major.:minor', '/v1.2', { major: '1', minor: '2' }],
    ['/files/*path', '/files/a/b', { path: 'a/b' }],
    ['/users{/:id}', '/users', {}],
    ['/users{/:id}', '/users/7', { id: '7' }],
    ['/:id(\\d+)', '/42', { id: '42' }],
    ['/a.b', '/a.b', {}],
  ])('%s reaches %s', (pattern, path, params) => {
    expect(new PathPattern(pattern, false).match(path)).toEqual(params);
  });

  it.each([
    ['/patients', '/patients/7'],
    ['/patients/:id', '/patients/7/notes'],
    ['/patients/:id', '/patients/'],
    ['/:id(\\d+)', '/x'],
    ['/a.b', '/axb'],
  ])('%s does not reach %s', (pattern, path) => {
    expect(new PathPattern(pattern, false).match(path)).toBeUndefined();
  });

  it('tells upper and lower case apart where the server does', () => {
    expect(new PathPattern('/patients', true).match('/Patients')).toBeUndefined();
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

import { describe, expect, it } from '@jest/globals';
import { ProtectedPaths } from './protected-paths.js';

const paths = new ProtectedPaths(['/docs', '/api/files/']);

describe('ProtectedPaths', () => {
  it.each([
    '/docs',
    '/docs/',
    '/docs/a/b',
    '/docs?a=1',
    '/docs#a',
    '/api/files/plan.txt',
    '/DOCS',
    '/Api/FILES',
    '//docs',
    '/api//files',
    '/\\docs',
    '\\docs',
    'docs',
    '/api\\files',
    '/./docs',
    '/docs/.',
    '/a/../docs',
    '/docs/../a',
    '/a/b/../../api/./files/x',
    '/%64ocs',
    '/%2564ocs',
    '/%252564ocs',
    '/a/%2e%2e/docs',
    '/a%2f..%2fdocs',
    '/%2e/docs',
    '/docs%2fa',
    '/docs%5ca',
    '/docs.',
    '/docs...',
    '/docs%20',
    '/docs%2e%20',
    '/docs;a=b',
    '/docs;a/b',
    '/api;x/files;y',
    '/do%00cs',
    '/docs%00',
    '/d%0Aocs',
    '/%EF%BD%84ocs',
    '/%25252525252564ocs',
    'http://api.example/docs',
    'HTTP://user@api.example:80/docs/a',
    'coap+tcp://api.example/docs',
    '/../docs',
    '/../../docs',
  ])('cover %j', (target) => {
    expect(paths.cover(target)).toBe(true);
  });

  it.each([
    '/',
    '',
    '*',
    '/docsy',
    '/a/docs',
    '/api',
    '/api/filesystem',
    '/a?b=/docs',
    '/a#/docs',
    '/a/%2e%2e/b',
    '/100%',
    '/%zz',
    '/%ff%fe',
    'http://docs/a',
    'http://docs',
    '/.docs',
  ])('do not cover %j', (target) => {
    expect(paths.cover(target)).toBe(false);
  });
});

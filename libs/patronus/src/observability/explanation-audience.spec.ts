import { afterEach, describe, expect, it } from '@jest/globals';
import { explanationAudience } from './explanation-audience.js';

describe('the audience of explanations', () => {
  const environment = process.env['NODE_ENV'];
  afterEach(() => {
    process.env['NODE_ENV'] = environment;
  });

  it.each([
    [undefined, 'development', 'callers'],
    [undefined, 'production', 'operators'],
    [undefined, 'test', 'operators'],
    ['operators', 'development', 'operators'],
    ['operators', 'production', 'operators'],
    ['callers', 'test', 'callers'],
  ] as const)('%s, in %s, is %s', (asked, where, expected) => {
    process.env['NODE_ENV'] = where;
    expect(explanationAudience(asked)).toBe(expected);
  });
});

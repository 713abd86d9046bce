import { describe, expect, it } from '@jest/globals';
import { readDuration } from './read-duration.js';

describe('readDuration', () => {
  it.each([
    [1, 1],
    [300, 300],
    ['90s', 90],
    ['5m', 300],
    ['8h', 28_800],
    ['007m', 420],
  ])('reads %p as %p seconds', (value, seconds) => {
    expect(readDuration('within', value)).toBe(seconds);
  });

  it.each([
    0,
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    '0s',
    '',
    '5',
    '5 m',
    ' 5m',
    '5m ',
    '5m\n',
    '5M',
    '5d',
    '-5m',
    '1.5h',
    '5m30s',
    `${2 ** 53}s`,
    undefined,
    null,
    true,
    ['5m'],
  ])('refuses %p, and names the option', (value) => {
    expect(() => readDuration('@RequireAuthentication().within', value)).toThrow(
      expect.objectContaining({
        name: 'PatronusConfigurationError',
        path: '@RequireAuthentication().within',
        message: expect.stringMatching(/is not a duration\. Give whole seconds/),
      }),
    );
  });
});

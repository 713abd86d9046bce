import { describe, expect, it } from '@jest/globals';
import { crackTime } from './password-strength.js';

describe('crackTime', () => {
  it.each([
    [1, 'less than a second'],
    [10_000, '1 second'],
    [590_000, '59 seconds'],
    [600_000, '1 minute'],
    [1.08e8, '3 hours'],
    [8.64e8, '1 day'],
    [3.2e11, '1 year'],
    [1e16, 'centuries'],
    [Infinity, 'centuries'],
  ])('says of %d guesses: %s', (guesses, text) => {
    expect(crackTime(guesses)).toBe(text);
  });
});

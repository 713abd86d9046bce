import { describe, expect, it } from '@jest/globals';
import { subjectOf } from './subject-of.js';

describe('a subject', () => {
  it.each(['ana', 'auth0|7', 'é', '__proto__', 'x'.repeat(255)])('may be %j', (value) => {
    expect(subjectOf(value)).toBe(value);
  });

  it.each(['', 'x'.repeat(256), 'a\0', 'a\n', '\ud800', 7, null, undefined, ['ana'], {}])(
    'is never %j',
    (value) => {
      expect(subjectOf(value)).toBeUndefined();
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import { identifierOf, subjectOf } from './subject.js';

describe('an identifier', () => {
  it.each(['ana', 'auth0|7', 'é', '__proto__', 'x'.repeat(255)])('may be %j', (value) => {
    expect(identifierOf(value)).toBe(value);
  });

  it.each(['', 'x'.repeat(256), 'a\0', 'a\n', '\ud800', 7, null, undefined, ['ana'], {}])(
    'is never %j',
    (value) => {
      expect(identifierOf(value)).toBeUndefined();
    },
  );
});

describe('a subject', () => {
  it.each([
    [
      { sub: 'ana', client_id: 'web' },
      { id: 'ana', isService: false },
    ],
    [
      { sub: 'web', client_id: 'web' },
      { id: 'web', isService: true },
    ],
    [
      { sub: null, client_id: 'web' },
      { id: 'web', isService: true },
    ],
    [
      { azp: 'web', sid: null },
      { id: 'web', isService: true },
    ],
  ])('is named by %j', (claims, subject) => {
    expect(subjectOf(claims)).toEqual(subject);
  });

  it('may stand in another claim than sub', () => {
    expect(subjectOf({ sub: 'ana', client_id: 'web' }, '7')).toEqual({ id: '7', isService: false });
  });

  it.each([{}, { sub: 7, client_id: 'web' }, { client_id: 'web', sid: 's' }, { azp: ['web'] }])(
    'is not named by %j',
    (claims) => {
      expect(subjectOf(claims)).toBeUndefined();
    },
  );

  it('is not inherited', () => {
    expect(subjectOf(Object.create({ sub: 'ana', client_id: 'web' }))).toBeUndefined();
  });
});

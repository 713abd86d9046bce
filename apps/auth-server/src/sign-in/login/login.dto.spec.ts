import { describe, expect, it } from '@jest/globals';
import { nameIn } from './login.dto.js';

describe('the name in a body that is not validated yet', () => {
  it.each([undefined, null, 'ana@example.com', [], {}, { email: 1 }, { email: { at: 'x' } }])(
    'is none in %j',
    (body) => expect(nameIn(body)).toBeUndefined(),
  );

  it('is a text', () => {
    expect(nameIn({ email: 'ana@example.com', password: 'x' })).toBe('ana@example.com');
  });
});

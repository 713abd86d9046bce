import { expect, it } from '@jest/globals';
import { ADVISORY_LOCKS } from './database.js';

it('uses a different number for each lock', () => {
  const numbers = Object.values(ADVISORY_LOCKS);
  expect(new Set(numbers).size).toBe(numbers.length);
});

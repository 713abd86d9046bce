import { expect, it } from '@jest/globals';
import { ADVISORY_LOCKS } from './database.js';

it('gives no two locks one number', () => {
  const numbers = Object.values(ADVISORY_LOCKS);
  expect(new Set(numbers).size).toBe(numbers.length);
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { judgeTimes } from './judge-times.js';

const NOW = Date.UTC(2030, 0, 1) / 1000;

beforeEach(() => void jest.useFakeTimers({ now: NOW * 1000 }));
afterEach(() => void jest.useRealTimers());

describe('the times of an answer', () => {
  it.each<[string, string | undefined]>([
    ['{}', undefined],
    ['{ "exp": null, "nbf": null }', undefined],
    [`{ "exp": ${NOW + 1}, "nbf": ${NOW + 5} }`, undefined],
    [`{ "exp": ${NOW} }`, 'exp has passed'],
    [`{ "nbf": ${NOW + 6} }`, 'nbf is in the future'],
    ['{ "exp": 1e999 }', 'exp is not a time'],
    ['{ "nbf": -1e999 }', 'nbf is not a time'],
    [`{ "exp": "${NOW + 1}" }`, 'exp is not a time'],
    ['{ "nbf": true }', 'nbf is not a time'],
  ])('are judged: %s', (text, reason) => {
    expect(judgeTimes(JSON.parse(text))?.reason).toBe(reason);
  });

  it('refuse a token that is over as such, and any other as invalid', () => {
    expect(judgeTimes({ exp: NOW })).toMatchObject({ kind: 'refused', code: 'token_expired' });
    expect(judgeTimes({ nbf: NOW + 6 })).toMatchObject({ kind: 'refused', code: 'token_invalid' });
  });
});

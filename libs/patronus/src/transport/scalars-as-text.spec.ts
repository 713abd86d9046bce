import { describe, expect, it } from '@jest/globals';
import { scalarsAsText } from './scalars-as-text.js';

describe('scalarsAsText', () => {
  it('has the scalars of a payload as text, and nothing else of it', () => {
    const payload = { id: 7, name: 'ana', open: false, list: [1], deep: { id: 8 }, none: null };
    expect(scalarsAsText(payload)).toEqual({ id: '7', name: 'ana', open: 'false' });
  });

  it.each([[undefined], [null], ['ana'], [7], [['ana']]])('has nothing of %j', (payload) => {
    expect(scalarsAsText(payload)).toEqual({});
  });

  it('is not led astray by the name of a prototype', () => {
    const params = scalarsAsText(JSON.parse('{"__proto__":"x","id":"1"}'));
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
    expect(params['id']).toBe('1');
  });
});

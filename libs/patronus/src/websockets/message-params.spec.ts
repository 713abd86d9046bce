import { describe, expect, it } from '@jest/globals';
import { messageParams } from './message-params.js';

describe('messageParams', () => {
  it('has the scalars of a payload as text, and nothing else of it', () => {
    const payload = { id: 7, name: 'ana', open: false, list: [1], deep: { id: 8 }, none: null };
    expect(messageParams(payload)).toEqual({ id: '7', name: 'ana', open: 'false' });
  });

  it.each([[undefined], [null], ['ana'], [7], [['ana']]])('has nothing of %j', (payload) => {
    expect(messageParams(payload)).toEqual({});
  });

  it('is not led astray by the name of a prototype', () => {
    const params = messageParams(JSON.parse('{"__proto__":"x","id":"1"}'));
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
    expect(params['id']).toBe('1');
  });
});

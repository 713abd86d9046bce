import { describe, expect, it } from '@jest/globals';
import { messageOf, messageOfHeaders } from './guarded-request.js';

describe('the message of a request', () => {
  const message = messageOfHeaders({ Authorization: 'Bearer t', 'X-Clinic': 'norte' });

  it('is what the request wraps, or the request itself', () => {
    expect(messageOf({ raw: message })).toBe(message);
    const own = Object.assign(messageOfHeaders({}), { body: {} });
    expect(messageOf(own)).toBe(own);
    const wrapped = Object.assign(messageOfHeaders({}), { raw: message });
    expect(messageOf(wrapped)).toBe(message);
  });

  it('is nothing that only looks like one', () => {
    for (const request of [{}, { body: {} }, { headers: {} }]) {
      expect(() => messageOf(request)).toThrow(TypeError);
    }
  });

  it('names headers in lower case, in both of its forms', () => {
    expect(message).toEqual({
      headers: { authorization: 'Bearer t', 'x-clinic': 'norte' },
      rawHeaders: ['authorization', 'Bearer t', 'x-clinic', 'norte'],
    });
  });
});

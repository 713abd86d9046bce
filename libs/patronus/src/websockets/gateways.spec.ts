import { describe, expect, it } from '@jest/globals';
import { placeOf } from './gateways.js';

describe('the place of a gateway', () => {
  it('is the port of the application where none is given', () => {
    const place = { port: 0, path: undefined, namespace: undefined };
    expect(placeOf(undefined, undefined)).toEqual(place);
    expect(placeOf(81, undefined)).toEqual({ ...place, port: 81 });
  });

  it('has the namespace with a slash, as Nest opens it', () => {
    expect(placeOf(0, { namespace: 'notes' }).namespace).toBe('/notes');
    expect(placeOf(0, { namespace: '/notes' }).namespace).toBe('/notes');
    const pattern = /^\/notes-\d+$/;
    expect(placeOf(0, { namespace: pattern, path: '/ws' })).toEqual({
      port: 0,
      path: '/ws',
      namespace: pattern,
    });
  });
});

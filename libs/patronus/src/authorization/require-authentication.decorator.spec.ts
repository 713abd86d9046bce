import { describe, expect, it } from '@jest/globals';
import {
  RequireAuthentication,
  type AuthenticationDemand,
} from './require-authentication.decorator.js';
import { marksOfHandler } from './rules/route-mark.js';

function markOf(demand: AuthenticationDemand): unknown {
  class Routes {
    @RequireAuthentication(demand) route() {}
  }
  return marksOfHandler(Routes, Routes.prototype.route);
}

/** Calls the decorator as a program without types would. */
function refusal(demand: unknown): unknown {
  try {
    return Reflect.apply(RequireAuthentication, undefined, [demand]);
  } catch (error) {
    return error;
  }
}

const mistake = (path: string): unknown =>
  expect.objectContaining({ name: 'PatronusConfigurationError', path });

describe('@RequireAuthentication()', () => {
  it('marks a route with what it asks for', () => {
    expect(markOf({ within: '5m', methods: ['otp'], level: 'urn:example:gold' })).toEqual([
      { kind: 'authentication', within: 300, methods: ['otp'], levels: ['urn:example:gold'] },
    ]);
    expect(markOf({ level: ['gold', 'silver'] })).toEqual([
      { kind: 'authentication', within: undefined, methods: [], levels: ['gold', 'silver'] },
    ]);
    expect(markOf({ within: 90 })).toEqual([
      { kind: 'authentication', within: 90, methods: [], levels: [] },
    ]);
  });

  it('keeps what it was given, whatever becomes of the list', () => {
    const methods = ['otp'];
    const mark = markOf({ methods });
    methods.pop();
    expect(mark).toEqual([expect.objectContaining({ methods: ['otp'] })]);
  });

  it.each([{}, { methods: [] }, { level: [] }, { methods: [], level: [] }])(
    'refuses %j, which asks for nothing',
    (demand) => {
      expect(refusal(demand)).toEqual(mistake('@RequireAuthentication()'));
    },
  );

  it.each(['two words', 'a"b', 'back\\slash', '', 'é', 'line\nbreak', 7, null])(
    'refuses the method or level %p, which a challenge cannot name',
    (name) => {
      expect(refusal({ methods: ['otp', name] })).toEqual(mistake('@RequireAuthentication()'));
      expect(refusal({ level: ['gold', name] })).toEqual(mistake('@RequireAuthentication()'));
    },
  );

  it('refuses a duration that is none, and an option that is misspelt', () => {
    expect(refusal({ within: '5d' })).toEqual(mistake('@RequireAuthentication().within'));
    expect(refusal({ within: '5m', method: ['otp'] })).toEqual(
      mistake('@RequireAuthentication().method'),
    );
  });
});

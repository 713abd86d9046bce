import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Identity, type IdentityFields } from '../../identity/identity.js';
import {
  requireAuthentication,
  type AuthenticationRequirement,
} from './authentication-requirement.js';

const NOW = 1_800_000_000;

function outcome(
  requirement: Partial<AuthenticationRequirement>,
  fields: Partial<IdentityFields>,
): unknown {
  const identity = new Identity({ id: 'a', issuer: 'i', provider: 'p', expiresAt: 4e9, ...fields });
  const nothing = { kind: 'authentication', within: undefined, methods: [], levels: [] } as const;
  try {
    return requireAuthentication({ ...nothing, ...requirement }, identity);
  } catch (error) {
    return error;
  }
}

const stepUp = (challenge: object, reason: string): unknown =>
  expect.objectContaining({ code: 'step_up_required', challenge, reason });

describe('what a token must show of an authentication', () => {
  beforeEach(() => void jest.useFakeTimers({ now: NOW * 1000 }));
  afterEach(() => void jest.useRealTimers());

  it.each([0, 299, 300, -60])('takes one that is %p seconds old as recent', (age) => {
    expect(outcome({ within: 300 }, { authenticatedAt: NOW - age })).toBeUndefined();
  });

  it.each([301, 4e9, -61, Number.NaN, Number.NEGATIVE_INFINITY])(
    'does not take one that is %p seconds old as recent',
    (age) => {
      expect(outcome({ within: 300 }, { authenticatedAt: NOW - age })).toEqual(
        stepUp({ max_age: '300' }, 'the token does not show an authentication within 300 s'),
      );
    },
  );

  it('grows old while its token is good', () => {
    const fields = { authenticatedAt: NOW - 290 };
    expect(outcome({ within: 300 }, fields)).toBeUndefined();
    jest.setSystemTime((NOW + 11) * 1000);
    expect(outcome({ within: 300 }, fields)).toMatchObject({ code: 'step_up_required' });
  });

  it('counts what the token does not say as not met', () => {
    expect(outcome({ within: 300 }, {})).toMatchObject({ code: 'step_up_required' });
    expect(outcome({ methods: ['otp'] }, {})).toMatchObject({ code: 'step_up_required' });
    expect(outcome({ levels: ['gold'] }, {})).toMatchObject({ code: 'step_up_required' });
  });

  it('needs every method', () => {
    const methods = ['pwd', 'otp'];
    expect(outcome({ methods }, { authenticationMethods: ['otp', 'pwd', 'hwk'] })).toBeUndefined();
    expect(outcome({ methods }, { authenticationMethods: ['otp'] })).toEqual(
      stepUp({}, 'the token does not show the method pwd'),
    );
    expect(outcome({ methods }, { authenticationMethods: ['otp pwd'] })).toMatchObject({
      code: 'step_up_required',
    });
  });

  it('needs one of the levels, which the challenge names in their order', () => {
    const levels = ['gold', 'silver'];
    expect(outcome({ levels }, { authenticationLevel: 'silver' })).toBeUndefined();
    for (const authenticationLevel of ['bronze', 'gold silver', 'GOLD', 'constructor']) {
      expect(outcome({ levels }, { authenticationLevel })).toEqual(
        stepUp({ acr_values: 'gold silver' }, 'the token does not show the level gold or silver'),
      );
    }
  });

  it('says all that is missing at once', () => {
    expect(outcome({ within: 60, methods: ['hwk'], levels: ['gold'] }, {})).toEqual(
      stepUp(
        { acr_values: 'gold', max_age: '60' },
        'the token does not show an authentication within 60 s, the method hwk, the level gold',
      ),
    );
  });

  it('asks for all of it in the challenge where one part is missing', () => {
    const fields = { authenticatedAt: NOW, authenticationLevel: 'bronze' };
    expect(outcome({ within: 60, levels: ['gold'] }, fields)).toEqual(
      stepUp({ acr_values: 'gold', max_age: '60' }, 'the token does not show the level gold'),
    );
  });
});

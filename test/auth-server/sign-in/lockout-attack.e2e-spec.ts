import { expect, it } from '@jest/globals';
import { LockoutAttack } from './lockout-attack.js';

it('an attacker with many networks keeps no owner out', async () => {
  const size = { networks: 10, requests: 400, accounts: 4 };
  const { attacker, logins, refusals } = await LockoutAttack.run(size, () => undefined);
  expect(refusals).toEqual([]);
  expect(logins.device).toBeGreaterThanOrEqual(8);
  expect(logins.link).toBeGreaterThanOrEqual(2);
  expect(Object.keys(attacker)).toEqual(
    expect.arrayContaining(['401 invalid_credentials', '429 account_locked', '202']),
  );
});

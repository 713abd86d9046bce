import assert from 'node:assert/strict';
import { types } from 'node:util';
import { PatronusError } from '../../errors/patronus.error.js';
import type { ContractCheck } from './contract-check.js';
import { assertSame } from './identity.checks.js';
import type { Trial } from './trial.js';

const CROWD = 1000;

/** Maximum number of calls to the server that count as few: documents, keys, and one retry. */
const FEW = 4;

/** Waits until valid credentials are accepted again, after a time that the provider chooses. */
async function awaitRecovery(trial: Trial): Promise<void> {
  const good = await trial.credential('good');
  await trial.until(
    'a good credential is accepted again',
    async () => 'value' in (await trial.ask(good)),
  );
}

/** Checks on a provider during an outage, and under many requests at once. */
export const outageChecks: readonly ContractCheck[] = [
  {
    name: 'reports that it is unavailable in an outage, and recovers',
    needs: ['outage', 'recover'],
    async run(trial) {
      const good = await trial.credential('good');
      await trial.turn('outage');
      await trial.unavailable(good, 'A good credential in an outage');
      await trial.turn('recover');
      await awaitRecovery(trial);
    },
  },
  {
    name: 'never refuses a good credential as bad in an outage',
    needs: ['outage', 'recover'],
    async run(trial) {
      const good = await trial.credential('good');
      await trial.admit(good);
      await trial.turn('outage');
      const outcome = await trial.ask(good);
      if ('error' in outcome) await trial.unavailable(good, 'A good credential in an outage');
      await trial.turn('recover');
      await awaitRecovery(trial);
    },
  },
  {
    name: 'accepts no forged credential because of an outage',
    needs: ['forged', 'outage', 'recover'],
    async run(trial) {
      const forged = await trial.credential('forged');
      await trial.turn('outage');
      const outcome = await trial.ask(forged);
      assert('error' in outcome, 'A forged credential is accepted during an outage.');
      assert(outcome.error instanceof PatronusError, 'Throw a PatronusError.');
      await trial.turn('recover');
      await awaitRecovery(trial);
      await trial.refuse(forged, 'A forged credential after an outage');
    },
  },
  {
    name: 'calls the server only a few times for a thousand concurrent requests',
    needs: ['calls'],
    async run(trial) {
      const good = await trial.credential('good');
      const before = trial.calls();
      const crowd = Array.from({ length: CROWD }, () => trial.admit(good));
      const [first, ...others] = await Promise.all(crowd);
      const asked = trial.calls() - before;
      assert(asked <= FEW, `${CROWD} requests made ${asked} calls: let all wait for one answer.`);
      assert(first !== undefined);
      for (const other of others) assertSame(first, other, 'One credential gives two identities.');
    },
  },
  {
    name: 'warms up, or reports why not',
    async run(trial) {
      const warmUp = () => trial.outcomeOf('warmUp()', () => trial.provider.warmUp());
      for (const outcome of await Promise.all([warmUp(), warmUp()])) {
        if ('error' in outcome) assert.fail(`warmUp() fails: ${String(outcome.error)}`);
      }
      await trial.admit(await trial.credential('good'));
    },
  },
  {
    name: 'does not hang or throw when it warms up in an outage',
    needs: ['outage', 'recover'],
    async run(trial) {
      await trial.turn('outage');
      const outcome = await trial.outcomeOf('warmUp()', () => trial.provider.warmUp());
      if ('error' in outcome)
        assert(
          types.isNativeError(outcome.error),
          'warmUp() rejects with something that is not an Error.',
        );
      await trial.turn('recover');
      await awaitRecovery(trial);
    },
  },
];

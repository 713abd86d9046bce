import assert from 'node:assert/strict';
import type { ProviderEvent } from '../../identity/provider-event.js';
import type { ContractCheck } from './contract-check.js';
import { assertNoToken } from './token-leak.js';
import type { Trial } from './trial.js';

/** Number of requests of each caller during an outage. */
const REQUESTS = 10;

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function assertWellFormed(event: ProviderEvent): void {
  const what = `The event ${event.type}`;
  assert(isText(event.provider), `${what} names no provider.`);
  assert(
    event.issuer === undefined || isText(event.issuer),
    `${what} has an issuer that is not text.`,
  );
  switch (event.type) {
    case 'provider_unavailable':
      assert(isText(event.reason), `${what} gives no reason.`);
      break;
    case 'keys_rotated':
      assert(
        [...event.added, ...event.removed].every(isText),
        `${what} has a kid that is not text.`,
      );
      break;
    case 'provider_recovered':
    case 'issuer_removed':
      break;
    default:
      assert.fail(`${JSON.stringify(event)} is not an event of a provider.`);
  }
}

function listen(trial: Trial): ProviderEvent[] {
  const events: ProviderEvent[] = [];
  trial.provider.observe((event) => events.push(event));
  return events;
}

function countOf(events: readonly ProviderEvent[], type: ProviderEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}

/** Checks on the events of a provider's `observe`. */
export const eventChecks: readonly ContractCheck[] = [
  {
    name: 'reports an outage once, and its end once',
    needs: ['outage', 'recover'],
    async run(trial) {
      const events = listen(trial);
      const good = await trial.credential('good');
      const callers = await trial.credentials();
      await trial.turn('outage');
      await trial.until('provider_unavailable is reported', async () => {
        const crowd = callers.flatMap((one) => Array.from({ length: REQUESTS }, () => one));
        await Promise.all(crowd.map((one) => trial.ask(one)));
        return countOf(events, 'provider_unavailable') > 0;
      });
      assert.equal(countOf(events, 'provider_unavailable'), 1, 'An outage is reported once.');
      assert.equal(countOf(events, 'provider_recovered'), 0, 'The outage is not over yet.');
      await trial.turn('recover');
      await trial.until('provider_recovered is reported', async () => {
        await trial.ask(good);
        return countOf(events, 'provider_recovered') > 0;
      });
      assert.equal(
        countOf(events, 'provider_recovered'),
        1,
        'The end of an outage is reported once.',
      );
      events.forEach(assertWellFormed);
      assertNoToken(events, good.token, 'An event');
    },
  },
  {
    name: 'reports nothing without an outage, and nothing to a listener that was removed',
    async run(trial) {
      const events = listen(trial);
      let heard = 0;
      const end = trial.provider.observe(() => (heard += 1));
      assert.equal(
        typeof end,
        'function',
        'observe() must return a function that removes the listener.',
      );
      end();
      const good = await trial.credential('good');
      await trial.provider.warmUp();
      await trial.admit(good);
      await trial.refuse({ ...good, token: 'x.y.z' }, 'a token that is not valid');
      events.forEach(assertWellFormed);
      assertNoToken(events, good.token, 'An event');
      assert.equal(countOf(events, 'provider_unavailable'), 0, 'There was no outage to report.');
      assert.equal(heard, 0, 'The function that observe() returns does not remove the listener.');
    },
  },
];

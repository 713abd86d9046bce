import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProviderEvent } from '../../identity/provider-event.js';
import { TOTAL_TIMEOUT } from '../../remote/remote-limits.js';
import type { RemoteIdentityProvider } from '../../remote/remote.identity-provider.js';
import { json, TokenServer } from '../../../../../test/fixtures/token-server.js';
import { introspection } from './index.js';

let server: TokenServer;
let provider: RemoteIdentityProvider;
let events: ProviderEvent[];
let made = 0;

beforeEach(async () => {
  server = await TokenServer.start((asked, response) => {
    if (asked.body.startsWith('token=hang')) return;
    if (asked.body.startsWith('token=drop')) response.destroy();
    else if (asked.body.startsWith('token=slow')) {
      setTimeout(() => json({ active: false })(asked, response), 4500);
    } else json({ active: true, sub: 'ana' })(asked, response);
  });
  provider = introspection({ url: server.url, clientId: 'clinic', clientSecret: 'secret' });
  events = [];
  provider.observe((event) => events.push(event));
});
afterEach(() => server.stop());

/** Asks about a token that was never seen before. */
async function ask(kind: 'good' | 'hang' | 'drop' | 'slow') {
  const began = performance.now();
  const token = `${kind}-${made++}`;
  const answer = await provider.authenticate({ scheme: 'bearer', token }).then(
    ({ id }) => id,
    ({ code }: { code: string }) => code,
  );
  return { answer, took: performance.now() - began };
}

/** Does something every few milliseconds, and waits for all that it began. */
async function every<T>(ms: number, seconds: number, work: () => T | Promise<T>): Promise<T[]> {
  const begun: (T | Promise<T>)[] = [];
  const timer = setInterval(() => begun.push(work()), ms);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  clearInterval(timer);
  return Promise.all(begun);
}

const refused = (answers: readonly { readonly answer: string }[]) =>
  answers.filter(({ answer }) => answer !== 'ana').length;

describe('one client with many tokens that were never seen before', () => {
  it(
    'leaves turns to others while the server hangs for its tokens',
    async () => {
      await ask('good');
      const hanging = Array.from({ length: 70 }, () => ask('hang'));
      const again = every(1000, 6, () =>
        Promise.all(Array.from({ length: 15 }, () => ask('hang'))),
      );
      const answers = await every(50, TOTAL_TIMEOUT + 2, () => ask('good'));
      expect(answers.length).toBeGreaterThan(50);
      expect(refused(answers)).toBe(0);
      expect(Math.max(...answers.map(({ took }) => took))).toBeLessThan(2000);
      expect(refused(await Promise.all(hanging))).toBe(70);
      await again;
      expect(events).toEqual([]);
    },
    4 * TOTAL_TIMEOUT * 1000,
  );

  it(
    'leaves turns to others while the server refuses its tokens slowly',
    async () => {
      await ask('good');
      const slow = every(50, 14, () => ask('slow'));
      const answers = await every(100, 14, () => ask('good'));
      expect(answers.length).toBeGreaterThan(100);
      expect(refused(answers)).toBe(0);
      expect(refused(await slow)).toBeGreaterThan(200);
      expect(events).toEqual([]);
    },
    6 * TOTAL_TIMEOUT * 1000,
  );

  it('does not close the server to others by connections that it drops', async () => {
    await ask('good');
    const dropping = every(10, 2, () => ask('drop'));
    const answers = await every(60, 2, () => ask('good'));
    expect(refused(answers)).toBe(0);
    expect(refused(await dropping)).toBeGreaterThan(50);
    expect(events).toEqual([]);
  });
});

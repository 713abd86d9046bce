import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { PatronusError } from '../errors/patronus.error.js';
import { FAILURES_TO_OPEN } from './failure-streak.js';
import { CrowdedError, FailingAnswerError, RefusedClientError } from './remote-errors.js';
import { MAX_IN_FLIGHT, MAX_WAITING, RETRY_AFTER } from './remote-limits.js';
import { RemoteServer } from './remote-server.js';

afterEach(() => void jest.restoreAllMocks());

function watched() {
  const told: string[] = [];
  const server = new RemoteServer(
    { name: 'tokens', remedy: 'Check tokens.url.' },
    {
      unavailable: (reason) => told.push(reason),
      recovered: () => told.push('recovered'),
    },
  );
  return { server, told };
}

const unavailable = (reason: string) => ({
  code: 'provider_unavailable',
  retryAfter: RETRY_AFTER,
  reason: `tokens: ${reason}`,
});

/** Creates calls that stay in flight until they are released. */
function standing() {
  const gate = Promise.withResolvers<string>();
  const call = jest.fn(() => gate.promise);
  return { call, letGo: () => gate.resolve('good') };
}

describe('RemoteServer', () => {
  it.each<[unknown, string | undefined, string | undefined]>([
    [new Error('no connection'), undefined, 'Check tokens.url.'],
    [new Error('no connection'), 'Ask for JSON.', 'Ask for JSON.'],
    [new RefusedClientError('client refused', 'Check the secret.'), undefined, 'Check the secret.'],
    [new CrowdedError(), undefined, undefined],
    [new FailingAnswerError('status 500'), undefined, undefined],
    [undefined, undefined, undefined],
    [undefined, 'Ask for JSON.', 'Ask for JSON.'],
  ])('names the remedy of %p, with %j: %j', (cause, given, remedy) => {
    const error = watched().server.unavailable(cause, given);
    const reason = cause instanceof Error ? cause.message : 'unknown failure';
    expect(error).toMatchObject(unavailable(reason));
    expect(error.remedy).toBe(remedy);
  });

  it('asks so many at once, lets so many wait, and refuses the rest at once', async () => {
    const { server, told } = watched();
    const { call, letGo } = standing();
    const all = Array.from({ length: MAX_IN_FLIGHT + MAX_WAITING }, () => server.ask(call, 't'));
    await expect(server.ask(call, 't')).rejects.toMatchObject(
      unavailable('too many requests are waiting for the server'),
    );
    expect(call).toHaveBeenCalledTimes(MAX_IN_FLIGHT);
    letGo();
    expect(new Set(await Promise.all(all))).toEqual(new Set(['good']));
    expect(call).toHaveBeenCalledTimes(MAX_IN_FLIGHT + MAX_WAITING);
    expect(told).toEqual([]);
  });

  it('asks nothing for those who have waited too long', async () => {
    const { server } = watched();
    const { call, letGo } = standing();
    const first = Array.from({ length: MAX_IN_FLIGHT }, () => server.ask(call, 't'));
    const patience = new AbortController();
    jest.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
    const late = jest.fn(() => Promise.resolve('late'));
    const refusal = expect(server.ask(late, 't')).rejects.toMatchObject(
      unavailable('too many requests are waiting for the server'),
    );
    patience.abort();
    letGo();
    await Promise.all([...first, refusal]);
    expect(late).not.toHaveBeenCalled();
  });

  it('does not count the crowd as an outage', async () => {
    const { server } = watched();
    const { call, letGo } = standing();
    const all = Array.from({ length: MAX_IN_FLIGHT + MAX_WAITING }, () => server.ask(call, 't'));
    for (let times = 0; times <= FAILURES_TO_OPEN; times++) {
      await expect(server.ask(call, 't')).rejects.toBeInstanceOf(PatronusError);
    }
    letGo();
    await Promise.all(all);
    expect(await server.ask(call, 't')).toBe('good');
  });

  it('is asked no more once it fails, and says why it failed', async () => {
    const { server, told } = watched();
    const call = jest.fn(() => Promise.reject(new Error('status 500')));
    for (let times = 0; times < 2 * FAILURES_TO_OPEN; times++) {
      await expect(server.ask(call, `t${times}`)).rejects.toMatchObject(unavailable('status 500'));
    }
    expect(call).toHaveBeenCalledTimes(FAILURES_TO_OPEN);
    expect(told).toEqual(['status 500']);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Circuit } from './circuit.js';
import { FAILURES_TO_OPEN, GOOD_FOR, OPEN_FOR, PROBE_EVERY, WELL_FOR } from './failure-streak.js';
import { FailingAnswerError, NoConnectionError } from './remote-errors.js';

let now: number;
let told: string[];
let circuit: Circuit;

beforeEach(() => {
  now = Date.UTC(2030, 0, 1);
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  told = [];
  circuit = new Circuit({
    opened: (failure) => told.push(`opened: ${String(failure)}`),
    closed: () => told.push('closed'),
  });
});
afterEach(() => void jest.restoreAllMocks());

const fail = (reason = 'down') => circuit.run(() => Promise.reject(new Error(reason)));
const succeed = () => circuit.run(() => Promise.resolve('good'));

async function open(): Promise<void> {
  for (let failures = 0; failures < FAILURES_TO_OPEN; failures++) {
    await expect(fail(`down ${failures}`)).rejects.toThrow('down');
  }
}

/** Advances the clock by more than the circuit ever stays open. */
const passTheTime = () => (now += OPEN_FOR.most * 1000 + 1);

describe('Circuit', () => {
  it('opens after failures in a row, and calls nothing while it is open', async () => {
    await open();
    expect(circuit.isOpen).toBe(true);
    const call = jest.fn(succeed);
    await expect(circuit.run(call)).rejects.toThrow('circuit breaker is open');
    expect(call).not.toHaveBeenCalled();
  });

  it('stays closed where a call goes well in between', async () => {
    for (let times = 0; times < FAILURES_TO_OPEN; times++) {
      await expect(fail()).rejects.toThrow('down');
      await expect(fail()).rejects.toThrow('down');
      expect(await succeed()).toBe('good');
    }
    expect(circuit.isOpen).toBe(false);
    expect(told).toEqual([]);
  });

  it('lets one call try, and refuses the others at once meanwhile', async () => {
    await open();
    passTheTime();
    const trial = Promise.withResolvers<string>();
    const trying = circuit.run(() => trial.promise);
    const call = jest.fn(succeed);
    await expect(circuit.run(call)).rejects.toThrow('circuit breaker is open');
    expect(call).not.toHaveBeenCalled();
    trial.resolve('good');
    expect(await trying).toBe('good');
    expect(await succeed()).toBe('good');
  });

  it('tells of an outage once, however often it is tried, and of its end', async () => {
    await open();
    for (let trials = 0; trials < 3; trials++) {
      passTheTime();
      await expect(fail('still down')).rejects.toThrow('still down');
    }
    expect(told).toEqual([`opened: Error: down ${FAILURES_TO_OPEN - 1}`]);
    passTheTime();
    await succeed();
    expect(told.slice(1)).toEqual(['closed']);
    await open();
    expect(told).toHaveLength(3);
  });

  it('works with nobody listening', async () => {
    circuit = new Circuit();
    await open();
    passTheTime();
    expect(await succeed()).toBe('good');
  });
});

describe('a subject that fails by itself', () => {
  const failFor = (subject: string) =>
    circuit.run(() => Promise.reject(new Error(`${subject} fails`)), subject);
  const succeedFor = (subject: string) => circuit.run(() => Promise.resolve('good'), subject);

  /** Opens the circuit with failures of different subjects, of which `evil` is one. */
  async function openWithEvil(): Promise<void> {
    for (const subject of ['evil', 'ana', 'ben']) {
      await expect(failFor(subject)).rejects.toThrow('fails');
    }
    expect(circuit.isOpen).toBe(true);
  }

  it('opens no circuit, however often it fails', async () => {
    for (let times = 0; times < 1000; times++) {
      await expect(failFor('evil')).rejects.toThrow('evil fails');
    }
    expect(await succeedFor('ana')).toBe('good');
    expect(told).toEqual([]);
  });

  it('counts once beside others, which open it', async () => {
    for (const subject of ['evil', 'evil', 'ana', 'evil', 'ana']) {
      await expect(failFor(subject)).rejects.toThrow('fails');
    }
    expect(circuit.isOpen).toBe(false);
    await expect(failFor('ben')).rejects.toThrow('ben fails');
    expect(told).toEqual(['opened: Error: ben fails']);
  });

  it('keeps none open: it is not the call that tries', async () => {
    await openWithEvil();
    for (let minutes = 0; minutes < 60; minutes++) {
      now += 60_000;
      await expect(failFor('evil')).rejects.toThrow('evil fails');
      await expect(failFor('evil')).rejects.toThrow('circuit breaker is open');
    }
    expect(await succeedFor('eva')).toBe('good');
    expect(told.at(-1)).toBe('closed');
  });

  it('holds up no other call while it hangs', async () => {
    await openWithEvil();
    passTheTime();
    const hanging = circuit.run(() => new Promise(() => {}), 'evil');
    expect(await succeedFor('eva')).toBe('good');
    expect(told.at(-1)).toBe('closed');
    void hanging;
  });

  it('is asked about ever more seldom, down to once in the longest pause', async () => {
    await openWithEvil();
    const call = jest.fn(() => Promise.reject(new Error('evil fails')));
    for (let seconds = 0; seconds < 100; seconds++) {
      now += 1000;
      await circuit.run(call, 'evil').catch(() => undefined);
    }
    expect(call.mock.calls.length).toBeGreaterThan(9);
    expect(call.mock.calls.length).toBeLessThan(25);
  });

  it('closes the circuit once it goes well, where there are no others', async () => {
    await openWithEvil();
    passTheTime();
    expect(await succeedFor('ana')).toBe('good');
    expect(told.at(-1)).toBe('closed');
  });

  it('is not the reason where there is no connection', async () => {
    const cut = () => circuit.run(() => Promise.reject(new NoConnectionError('refused')), 'ana');
    for (let failures = 0; failures < FAILURES_TO_OPEN; failures++) {
      await expect(cut()).rejects.toThrow('refused');
    }
    expect(circuit.isOpen).toBe(true);
  });
});

describe('a server that answers', () => {
  let subjects = 0;
  const fresh = () => `subject ${subjects++}`;
  const succeedFor = (subject: string) => circuit.run(() => Promise.resolve('good'), subject);
  const failing = jest.fn<() => Promise<never>>();
  const answerFailure = () => circuit.run(failing, fresh()).catch(() => 'failed');

  beforeEach(() => {
    failing.mockReset();
    failing.mockImplementation(() => Promise.reject(new FailingAnswerError('status 500')));
  });

  /**
   * Makes calls for forty invented subjects that fail each second, and for good ones every 60 ms.
   * Returns the share of good ones that were refused.
   */
  async function refusedOf(seconds: number): Promise<number> {
    let asked = 0;
    let refused = 0;
    for (let ms = 0; ms < seconds * 1000; ms += 5) {
      now += 5;
      if (ms % 25 === 0) await answerFailure();
      if (ms % 60 !== 0) continue;
      asked += 1;
      await succeedFor(fresh()).catch(() => (refused += 1));
    }
    return refused / asked;
  }

  it('is asked about others while one client invents subjects that fail', async () => {
    await succeedFor('ana');
    expect(await refusedOf(60)).toBe(0);
    expect(told).toEqual([]);
  });

  it('is soon asked about all again where only such subjects came before', async () => {
    for (let times = 0; times < 40; times++) await answerFailure();
    expect(circuit.isOpen).toBe(true);
    expect(await refusedOf(300)).toBeLessThan(0.05);
    expect(circuit.isOpen).toBe(false);
    expect(told).toEqual(['opened: FailingAnswerError: status 500', 'closed']);
  });

  it('is asked about others while it drops the connections of one client', async () => {
    failing.mockImplementation(() => Promise.reject(new Error('socket closed')));
    await succeedFor('ana');
    expect(await refusedOf(60)).toBe(0);
    expect(told).toEqual([]);
  });

  it('is soon asked about all again where it dropped all connections before', async () => {
    failing.mockImplementation(() => Promise.reject(new Error('socket closed')));
    for (let times = 0; times < 40; times++) await answerFailure();
    expect(circuit.isOpen).toBe(true);
    expect(await refusedOf(300)).toBeLessThan(0.05);
    expect(told).toEqual(['opened: Error: socket closed', 'closed']);
  });

  it('is held to be out once it has dropped all connections for a while', async () => {
    failing.mockImplementation(() => Promise.reject(new Error('socket closed')));
    await succeedFor('ana');
    now += WELL_FOR * 1000 - 1;
    for (let times = 0; times < 2 * FAILURES_TO_OPEN; times++) await answerFailure();
    expect(circuit.isOpen).toBe(false);
    now += 1;
    await answerFailure();
    expect(circuit.isOpen).toBe(true);
  });

  it('is asked little where every answer is a failure', async () => {
    await succeedFor('ana');
    now += GOOD_FOR * 1000;
    for (let ms = 0; ms < 60_000; ms += 5) {
      now += 5;
      await answerFailure();
    }
    expect(failing.mock.calls.length).toBeLessThan((2 * 60) / PROBE_EVERY);
    expect(told).toEqual(['opened: FailingAnswerError: status 500']);
  });

  it('counts as cut off once it does not answer any more', async () => {
    for (let times = 0; times < FAILURES_TO_OPEN; times++) await answerFailure();
    for (let times = 0; times < FAILURES_TO_OPEN; times++) {
      now += 2 * PROBE_EVERY * 1000;
      const cut = circuit.run(() => Promise.reject(new NoConnectionError('refused')), fresh());
      await expect(cut).rejects.toThrow('refused');
    }
    passTheTime();
    const trial = Promise.withResolvers<string>();
    const trying = circuit.run(() => trial.promise, fresh());
    now += 2 * PROBE_EVERY * 1000;
    await expect(succeedFor(fresh())).rejects.toThrow('circuit breaker is open');
    trial.resolve('good');
    expect(await trying).toBe('good');
    expect(await succeedFor(fresh())).toBe('good');
  });

  it('closes nothing twice where two trials go well', async () => {
    for (let times = 0; times < FAILURES_TO_OPEN; times++) await answerFailure();
    const gate = Promise.withResolvers<string>();
    const trials: Promise<string>[] = [];
    for (let times = 0; times < 2; times++) {
      now += 2 * PROBE_EVERY * 1000;
      trials.push(circuit.run(() => gate.promise, fresh()));
    }
    gate.resolve('good');
    expect(await Promise.all(trials)).toEqual(['good', 'good']);
    expect(told.slice(1)).toEqual(['closed']);
  });
});

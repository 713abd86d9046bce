import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CrowdedError } from './remote-errors.js';
import {
  GIVE_WAY_AFTER,
  MAX_IN_FLIGHT,
  MAX_WAIT,
  MAX_WAITING,
  PATIENT_TURNS,
  TOTAL_TIMEOUT,
} from './remote-limits.js';
import { type Question, Turns } from './turns.js';

let turns: Turns;

beforeEach(() => {
  jest.useFakeTimers();
  turns = new Turns();
});
afterEach(() => void jest.useRealTimers());

const hang: Question<string> = (signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('no reason'));
    });
  });
const outcome = (question: Promise<string>) => question.catch(({ message }: Error) => message);

/** Takes all turns for questions that get no answer. */
const fill = () => Array.from({ length: MAX_IN_FLIGHT }, () => outcome(turns.take(hang)));

/** How many of them have ended. */
async function ended(questions: readonly Promise<string>[]): Promise<number> {
  const open = Symbol('open');
  const still = Promise.resolve(open);
  const states = await Promise.all(questions.map((one) => Promise.race([one, still])));
  return states.filter((state) => state !== open).length;
}

const GAVE_WAY = 'no answer so far, and other tokens are waiting';

describe('questions without an answer', () => {
  it('keep their turns while no other waits', async () => {
    const hanging = fill();
    await jest.advanceTimersByTimeAsync(1000 * TOTAL_TIMEOUT);
    expect(await ended(hanging)).toBe(0);
  });

  it('give way to as many as wait, once they have had their time', async () => {
    const hanging = fill();
    const good = [1, 2, 3].map(() => turns.take(() => Promise.resolve('good')));
    await jest.advanceTimersByTimeAsync(1000 * GIVE_WAY_AFTER - 1);
    expect(await ended([...hanging, ...good])).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(await Promise.all(good)).toEqual(['good', 'good', 'good']);
    expect(await ended(hanging)).toBe(3);
    expect(await hanging[PATIENT_TURNS]).toBe(GAVE_WAY);
  });

  it('keep the oldest turns, however many wait', async () => {
    const hanging = fill();
    const more = Array.from({ length: 200 }, () => outcome(turns.take(hang)));
    await jest.advanceTimersByTimeAsync(1000 * GIVE_WAY_AFTER);
    expect(await ended(hanging.slice(0, PATIENT_TURNS))).toBe(0);
    expect(await ended(hanging.slice(PATIENT_TURNS))).toBe(MAX_IN_FLIGHT - PATIENT_TURNS);
    expect(await ended(more)).toBe(0);
  });

  it('have longer where answers take longer', async () => {
    const slow = turns.take(() => new Promise((resolve) => setTimeout(resolve, 400, 'slow')));
    await jest.advanceTimersByTimeAsync(400);
    expect(await slow).toBe('slow');
    const hanging = fill();
    const good = turns.take(() => Promise.resolve('good'));
    await jest.advanceTimersByTimeAsync(1599);
    expect(await ended([...hanging, good])).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(await good).toBe('good');
  });

  const after = (ms: number, answer: string) => (): Promise<string> =>
    new Promise((resolve) => setTimeout(resolve, ms, answer));

  it('have no longer where only answers that do not count take longer', async () => {
    for (let n = 0; n < 5; n += 1) {
      const refused = turns.take(after(4500, 'refused'), (answer) => answer !== 'refused');
      await jest.advanceTimersByTimeAsync(4500);
      await refused;
    }
    const hanging = fill();
    const good = turns.take(() => Promise.resolve('good'));
    await jest.advanceTimersByTimeAsync(1000 * GIVE_WAY_AFTER);
    expect([await ended([good]), await ended(hanging)]).toEqual([1, 1]);
  });

  it('have no longer than four seconds, however slow the answers are', async () => {
    const slow = turns.take(after(4500, 'slow'));
    await jest.advanceTimersByTimeAsync(4500);
    await slow;
    const hanging = fill();
    const good = turns.take(() => Promise.resolve('good'));
    await jest.advanceTimersByTimeAsync(3999);
    expect(await ended([...hanging, good])).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(await good).toBe('good');
  });

  it('have the time that answers took on average, the latest with a tenth', async () => {
    await jest.advanceTimersByTimeAsync(500);
    for (const ms of [400, 800]) {
      const slow = turns.take(after(ms, 'slow'));
      await jest.advanceTimersByTimeAsync(ms);
      await slow;
    }
    const hanging = fill();
    const good = turns.take(() => Promise.resolve('good'));
    await jest.advanceTimersByTimeAsync(1759);
    expect(await ended([...hanging, good])).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(await good).toBe('good');
  });
});

describe('questions that wait for a turn', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('are as many as may wait, and the next is refused at once', async () => {
    const hanging = fill();
    const waiting = Array.from({ length: MAX_WAITING }, () => outcome(turns.take(hang)));
    await expect(turns.take(hang)).rejects.toThrow(CrowdedError);
    expect(await ended([...hanging, ...waiting])).toBe(0);
  });

  it('wait no longer than they may, and then take no turn', async () => {
    const patience = new AbortController();
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
    const hanging = fill();
    const question = jest.fn(hang);
    const crowded = expect(turns.take(question)).rejects.toThrow(CrowdedError);
    expect(timeout).toHaveBeenCalledWith(1000 * MAX_WAIT);
    patience.abort();
    await crowded;
    expect(await ended(hanging)).toBe(0);
    await jest.advanceTimersByTimeAsync(1000 * TOTAL_TIMEOUT);
    expect(question).not.toHaveBeenCalled();
  });
});

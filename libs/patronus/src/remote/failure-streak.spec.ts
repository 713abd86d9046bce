import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  FailureStreak,
  FAILURES_TO_OPEN,
  GOOD_FOR,
  OPEN_FOR,
  PROBE_EVERY,
  WELL_FOR,
} from './failure-streak.js';

let streak: FailureStreak;
let chance: number;

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2030, 0, 1) });
  chance = 0;
  jest.spyOn(Math, 'random').mockImplementation(() => chance);
  streak = new FailureStreak();
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const pass = (seconds: number) => jest.setSystemTime(Date.now() + seconds * 1000);
const subjects = Array.from({ length: FAILURES_TO_OPEN }, (_, at) => `s${at}`);

describe('a streak of failures', () => {
  it('is an outage after three subjects, and not after one that fails three times', () => {
    for (let times = 0; times < FAILURES_TO_OPEN; times += 1) streak.add('s0');
    expect([streak.isOutage, streak.isReached]).toEqual([false, true]);
    streak.add('s1');
    expect(streak.isOutage).toBe(false);
    streak.add('s2');
    expect([streak.isOutage, streak.isReached]).toEqual([true, true]);
  });

  it('is an outage after three failures of no subject, and the server is not reached', () => {
    expect(streak.isReached).toBe(false);
    for (let times = 1; times <= FAILURES_TO_OPEN; times += 1) {
      streak.add(undefined);
      const isOut = times === FAILURES_TO_OPEN;
      expect([streak.isOutage, streak.isReached]).toEqual([isOut, !isOut]);
    }
  });

  it('without a subject is one although a call has just succeeded', () => {
    streak.end();
    for (let times = 0; times < FAILURES_TO_OPEN; times += 1) streak.add(undefined, true);
    expect(streak.isOutage).toBe(true);
  });

  it.each([
    [true, GOOD_FOR],
    [false, WELL_FOR],
  ])('with answers, %s, is one only so long after the last success', (isAnswered, seconds) => {
    streak.end();
    for (const subject of subjects) streak.add(subject, isAnswered);
    pass(seconds - 0.001);
    expect(streak.isOutage).toBe(false);
    pass(0.001);
    expect(streak.isOutage).toBe(true);
  });

  it('counts as cut off only if three of its calls were', () => {
    streak.end();
    for (const [at, subject] of subjects.entries()) streak.add(subject, at === 0);
    pass(WELL_FOR);
    expect(streak.isOutage).toBe(false);
    streak.add('another');
    expect(streak.isOutage).toBe(true);
    streak.forget('another');
    expect(streak.isOutage).toBe(false);
  });

  it('forgets a subject, and all of them at its end', () => {
    for (const subject of subjects) streak.add(subject);
    streak.forget('s0');
    expect(subjects.map((one) => streak.has(one))).toEqual([false, true, true]);
    expect(streak.isOutage).toBe(false);
    for (const one of [undefined, undefined, undefined]) streak.add(one);
    streak.end();
    expect(subjects.some((one) => streak.has(one))).toBe(false);
    pass(GOOD_FOR);
    for (const one of [undefined, undefined]) streak.add(one);
    expect([streak.isOutage, streak.isReached]).toEqual([false, true]);
    for (const subject of subjects) streak.add(subject, true);
    streak.end();
    pass(WELL_FOR);
    for (const subject of subjects) streak.add(subject, true);
    expect(streak.isOutage).toBe(false);
  });

  it.each([
    [0, OPEN_FOR.first],
    [0.5, 0.75 * OPEN_FOR.first],
  ])('repeats a subject after a delay, with the chance %d after %d s', (random, delay) => {
    chance = random;
    expect(streak.mayRepeat('s0')).toBe(true);
    streak.add('s0');
    pass(delay - 0.001);
    expect(streak.mayRepeat('s0')).toBe(false);
    pass(0.001);
    expect(streak.mayRepeat('s0')).toBe(true);
  });

  it('repeats a subject ever more seldom, down to once in the longest pause', () => {
    streak.add('s0');
    const waits: number[] = [];
    for (let times = 0; times < 6; times += 1) {
      let waited = 0;
      while (!streak.mayRepeat('s0') && waited < 100) {
        pass(0.5);
        waited += 0.5;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([1, 2, 4, 8, OPEN_FOR.most, OPEN_FOR.most]);
  });

  it.each([
    [0, 0.5],
    [0.5, 1],
  ])('tries new subjects at a bounded rate, with the chance %d', (random, times) => {
    chance = random;
    const pause = times * PROBE_EVERY;
    expect(streak.mayProbe()).toBe(true);
    expect(streak.mayProbe()).toBe(false);
    pass(pause - 0.001);
    expect(streak.mayProbe()).toBe(false);
    pass(0.001);
    expect(streak.mayProbe()).toBe(true);
    pass(pause);
    streak.add('s0');
    expect(streak.mayProbe()).toBe(false);
  });
});

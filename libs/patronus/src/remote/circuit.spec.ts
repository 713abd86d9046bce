import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Circuit, FAILURES_TO_OPEN, OPEN_FOR } from './circuit.js';

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

/** Longer than it ever stays open. */
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

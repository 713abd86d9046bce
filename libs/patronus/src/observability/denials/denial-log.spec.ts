import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { AuthEventOf } from '../auth-event.js';
import { AuthEvents } from '../auth-events.js';
import { DenialLog } from './denial-log.js';
import { type DenialLogOptions, readDenialLogOptions } from './denial-log.options.js';
import { type DenialRecord, DenialWriter } from './denial-writer.js';

const around = new AsyncLocalStorage<string>();

/** Writer that keeps its batches, once it is allowed to. */
class StubWriter extends DenialWriter {
  readonly batches: (readonly DenialRecord[])[] = [];
  readonly contexts: unknown[] = [];
  readonly signals: AbortSignal[] = [];
  failure: Error | undefined;
  gate: Promise<void> = Promise.resolve();
  attempts = 0;

  override async write(records: readonly DenialRecord[], signal: AbortSignal): Promise<void> {
    this.attempts += 1;
    this.signals.push(signal);
    this.contexts.push(around.getStore());
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('ended')));
    });
    await Promise.race([this.gate, ended]);
    if (this.failure !== undefined) throw this.failure;
    this.batches.push(records);
  }
}

let log: DenialLog;
let events: AuthEvents;
let writer: StubWriter;
const warned = jest.fn<(line: string) => void>();

function start(options: Partial<DenialLogOptions> = {}): void {
  events = new AuthEvents();
  writer = new StubWriter();
  log = new DenialLog(events, readDenialLogOptions({ writer, ...options }));
}

function deny(more: Partial<AuthEventOf<'denied'>> = {}, count = 1): void {
  for (let at = 0; at < count; at += 1) {
    events.emit({
      type: 'denied',
      at: 1_800_000_000_000,
      decisionId: `d-${at}`,
      code: 'permission_denied',
      reason: 'needs x',
      explanation: undefined,
      transport: 'http',
      route: 'Notes.list',
      method: 'GET',
      path: '/notes',
      user: 'ana',
      issuer: 'i',
      tenant: undefined,
      ...more,
    });
  }
}

/** Waits until all pending work is done. */
const settle = () => jest.advanceTimersByTimeAsync(0);

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  warned.mockReset();
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned);
});
afterEach(async () => {
  writer.failure = undefined;
  const ending = log.onApplicationShutdown();
  await jest.advanceTimersByTimeAsync(5000);
  await ending;
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('the log of denials', () => {
  it('writes a denial after an interval, without its explanation', async () => {
    start({ interval: 2 });
    deny();
    await jest.advanceTimersByTimeAsync(1999);
    expect(writer.attempts).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(writer.batches).toEqual([
      [
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          at: 1_800_000_000_000,
          decisionId: 'd-0',
          code: 'permission_denied',
          reason: 'needs x',
          transport: 'http',
          route: 'Notes.list',
          method: 'GET',
          path: '/notes',
          user: 'ana',
          issuer: 'i',
          tenant: undefined,
        },
      ],
    ]);
    expect(log.counts).toEqual({ queued: 0, written: 1, dropped: 0 });
  });

  it('writes at once what fills a batch, and batch by batch', async () => {
    start({ maxBatch: 2 });
    deny({}, 5);
    expect(writer.attempts).toBe(0);
    await settle();
    expect(writer.batches.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(new Set(writer.batches.flat().map(({ id }) => id)).size).toBe(5);
  });

  it('writes outside of the request that filled a batch', async () => {
    start({ maxBatch: 1 });
    around.run('a request', () => deny());
    await settle();
    expect(writer.contexts).toEqual([undefined]);
  });

  it('cuts what callers can make long', async () => {
    start();
    const long = 'x'.repeat(5000);
    deny({ path: long, user: long, reason: long, method: long, issuer: long, tenant: long });
    await log.flush();
    const { path, user, reason, method, issuer, tenant } = writer.batches[0]?.[0] ?? {};
    for (const text of [path, user, reason, method, issuer, tenant])
      expect(text).toHaveLength(1024);
  });

  it('keeps no more than the queue holds, and says what it dropped', async () => {
    start({ maxQueued: 3 });
    deny({}, 5);
    expect(log.counts).toEqual({ queued: 3, written: 0, dropped: 2 });
    expect(warned.mock.calls.flat()).toEqual([
      expect.stringMatching(
        /^The queue of denials is full, and further ones are dropped: 1 so far\./,
      ),
    ]);
    await log.flush();
    expect(writer.batches.flat().map(({ decisionId }) => decisionId)).toEqual([
      'd-0',
      'd-1',
      'd-2',
    ]);
    deny();
    await log.flush();
    expect(log.counts).toEqual({ queued: 0, written: 4, dropped: 2 });
  });

  it('tries again after a failure, with longer pauses and the same ids', async () => {
    start();
    writer.failure = new Error('no database');
    deny();
    await jest.advanceTimersByTimeAsync(1000);
    expect(writer.attempts).toBe(1);
    await jest.advanceTimersByTimeAsync(249);
    expect(writer.attempts).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(writer.attempts).toBe(2);
    await jest.advanceTimersByTimeAsync(499);
    expect(writer.attempts).toBe(2);
    await jest.advanceTimersByTimeAsync(1);
    expect(writer.attempts).toBe(3);
    expect(log.counts).toEqual({ queued: 1, written: 0, dropped: 0 });
    expect(warned.mock.calls.flat()).toEqual([
      'Denials could not be written, and stay queued: no database',
    ]);
    writer.failure = undefined;
    await jest.advanceTimersByTimeAsync(1000);
    expect(log.counts).toEqual({ queued: 0, written: 1, dropped: 0 });
    writer.failure = new Error('again');
    deny();
    const { attempts } = writer;
    // 2750 ms have passed: the next interval ends in 250, and the first pause is short again.
    await jest.advanceTimersByTimeAsync(500);
    expect(writer.attempts).toBe(attempts + 2);
  });

  it('pauses for half a minute at the longest', async () => {
    start();
    writer.failure = new Error('no database');
    deny();
    await jest.advanceTimersByTimeAsync(3_600_000);
    const { attempts } = writer;
    await jest.advanceTimersByTimeAsync(30_000);
    expect(writer.attempts).toBe(attempts + 1);
  });

  it('ends an attempt that takes half a minute', async () => {
    start();
    writer.gate = new Promise(() => undefined);
    deny();
    await jest.advanceTimersByTimeAsync(30_999);
    expect(writer.signals[0]?.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(writer.signals[0]?.aborted).toBe(true);
    writer.gate = Promise.resolve();
    await jest.advanceTimersByTimeAsync(250);
    expect(log.counts).toEqual({ queued: 0, written: 1, dropped: 0 });
  });

  it('starts one attempt at a time', async () => {
    start({ maxBatch: 1 });
    const { promise, resolve } = Promise.withResolvers<void>();
    writer.gate = promise;
    deny({}, 2);
    await jest.advanceTimersByTimeAsync(5000);
    expect(writer.attempts).toBe(1);
    resolve();
    await settle();
    expect(writer.attempts).toBe(2);
  });

  it('flushes at once, even in the middle of a pause', async () => {
    start();
    writer.failure = new Error('no database');
    deny();
    await jest.advanceTimersByTimeAsync(60_000);
    writer.failure = undefined;
    await log.flush();
    expect(log.counts.queued).toBe(0);
    await log.flush();
  });

  it('flushes for five seconds at the longest', async () => {
    start();
    writer.gate = new Promise(() => undefined);
    deny();
    const flushing = log.flush();
    const outcome = expect(flushing).rejects.toThrow('no answer within 5000 ms');
    await jest.advanceTimersByTimeAsync(5000);
    await outcome;
  });

  describe('at the end of the application', () => {
    it('writes what is queued, while pools are open', async () => {
      start();
      deny();
      await log.onModuleDestroy();
      expect(log.counts.written).toBe(1);
      deny();
      await log.onApplicationShutdown();
      expect(log.counts.written).toBe(2);
      expect(warned).not.toHaveBeenCalled();
      deny();
      expect(log.counts.queued).toBe(0);
    });

    it('gives up what cannot be written, and says so', async () => {
      start();
      writer.gate = new Promise(() => undefined);
      deny({}, 3);
      const destroying = log.onModuleDestroy();
      await jest.advanceTimersByTimeAsync(5000);
      await destroying;
      // The application has waited once.
      await log.onApplicationShutdown();
      expect(writer.signals[0]?.aborted).toBe(true);
      expect(log.counts).toEqual({ queued: 0, written: 0, dropped: 3 });
      expect(warned.mock.calls.flat()).toContain(
        '3 denials were not written before the application ended.',
      );
      const { attempts } = writer;
      await jest.advanceTimersByTimeAsync(60_000);
      expect(writer.attempts).toBe(attempts);
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ writer: {} }, 'denialLog.writer: is not a DenialWriter.'],
    [{ maxQueued: 0 }, 'denialLog.maxQueued: is not a whole number over 0.'],
    [{ maxBatch: 1.5 }, 'denialLog.maxBatch: '],
    [{ interval: -1 }, 'denialLog.interval: '],
    [{ queue: 1 }, 'denialLog.queue: is not an option.'],
  ])('refuses %j', (more, message) => {
    start();
    const options: DenialLogOptions = Object.assign({ writer: new StubWriter() }, more);
    expect(() => readDenialLogOptions(options)).toThrow(message);
  });
});

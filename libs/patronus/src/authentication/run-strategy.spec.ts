import { describe, expect, it } from '@jest/globals';
import { runStrategy } from './run-strategy.js';

interface Actions {
  success(user: unknown, info?: unknown): void;
  fail(challenge?: unknown): void;
  error(error: unknown): void;
  pass(): void;
  redirect(): void;
}

function strategy(act: (actions: Actions, request: object) => void) {
  return {
    authenticate(this: Actions, request: object) {
      act(this, request);
    },
  };
}

describe('runStrategy', () => {
  it('answers the user of each run, and leaves the shared strategy as it was', async () => {
    const shared = strategy((run, request) => setImmediate(() => run.success(request, 'info')));
    const before = Object.keys(shared);
    const [ana, bea] = await Promise.all([
      runStrategy(shared, { name: 'ana' }),
      runStrategy(shared, { name: 'bea' }),
    ]);
    expect(ana).toEqual({ user: { name: 'ana' }, info: 'info' });
    expect(bea).toEqual({ user: { name: 'bea' }, info: 'info' });
    expect(Object.keys(shared)).toEqual(before);
  });

  it('answers the challenge of a failure, and of a pass', async () => {
    const failing = strategy((run) => run.fail('no'));
    await expect(runStrategy(failing, {})).resolves.toEqual({ challenge: 'no' });
    const passing = strategy((run) => run.pass());
    await expect(runStrategy(passing, {})).resolves.toEqual({ challenge: undefined });
  });

  it('rejects where an async strategy throws, after a wait or at once', async () => {
    const broken = new Error('broken');
    const late = {
      async authenticate() {
        await new Promise(setImmediate);
        throw broken;
      },
    };
    await expect(runStrategy(late, {})).rejects.toBe(broken);
    const early = { authenticate: () => Promise.reject(broken) };
    await expect(runStrategy(early, {})).rejects.toBe(broken);
  });

  it('gives the strategy options, as Passport does', async () => {
    const reading = {
      authenticate(this: Actions, _request: object, options: { scope?: string }) {
        this.success(options.scope ?? 'none');
      },
    };
    await expect(runStrategy(reading, {})).resolves.toEqual({ user: 'none', info: undefined });
  });

  it('rejects on an error, on a throw, and on a redirect', async () => {
    const broken = new Error('broken');
    await expect(
      runStrategy(
        strategy((run) => run.error(broken)),
        {},
      ),
    ).rejects.toBe(broken);
    const throwing = strategy(() => {
      throw broken;
    });
    await expect(runStrategy(throwing, {})).rejects.toBe(broken);
    await expect(
      runStrategy(
        strategy((run) => run.redirect()),
        {},
      ),
    ).rejects.toThrow('redirect');
  });
});

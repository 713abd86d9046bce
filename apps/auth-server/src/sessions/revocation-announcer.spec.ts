import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { InMemoryRevocations, PatronusError, type Revocation } from '@patronus/nestjs';
import { readSettings } from '../operation/settings/server-settings.js';
import { RevocationAnnouncer } from './revocations.js';

/** A store that cannot pass anything on until it is told to. */
class AwayRevocations extends InMemoryRevocations {
  isAway = true;
  readonly said: Revocation[] = [];

  override async revoke(revocation: Revocation): Promise<void> {
    if (this.isAway) throw new PatronusError('provider_unavailable');
    this.said.push(revocation);
  }
}

const settings = readSettings({ ISSUER: 'https://id.example' });

let revocations: AwayRevocations;
let announcer: RevocationAnnouncer;

let warnings: ReturnType<typeof jest.spyOn>;

beforeEach(() => {
  jest.useFakeTimers();
  warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  revocations = new AwayRevocations();
  announcer = new RevocationAnnouncer(revocations, settings);
});

afterEach(() => {
  announcer.onModuleDestroy();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const ONE = { session: 'one', issuer: 'https://id.example' };
const OTHER = { token: 'other', issuer: 'https://id.example' };

describe('what has ended', () => {
  it('is said at once', async () => {
    revocations.isAway = false;
    await announcer.announce([{ session: 'one' }, { token: 'other' }]);
    expect(revocations.said).toEqual([ONE, OTHER]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(revocations.said).toHaveLength(2);
  });

  it('is said again until it could, each once; the caller hears that it could not', async () => {
    const unavailable = { code: 'provider_unavailable' };
    await expect(announcer.announce([{ session: 'one' }])).rejects.toMatchObject(unavailable);
    await expect(announcer.announce([{ token: 'other' }])).rejects.toMatchObject(unavailable);
    await jest.advanceTimersByTimeAsync(5000);
    expect(warnings).toHaveBeenCalledTimes(1);
    revocations.isAway = false;
    await jest.advanceTimersByTimeAsync(1000);
    expect(revocations.said).toEqual([ONE, OTHER]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(revocations.said).toHaveLength(2);
  });

  it('is not announced after the server has stopped', async () => {
    await announcer.announce([{ session: 'one' }]).catch(() => undefined);
    announcer.onModuleDestroy();
    revocations.isAway = false;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(revocations.said).toEqual([]);
  });
});

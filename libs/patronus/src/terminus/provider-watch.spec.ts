import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PatronusError } from '../errors/patronus.error.js';
import { IdentityProvider } from '../identity/identity-provider.js';
import type { ProviderEvent } from '../identity/provider-event.js';
import { ProviderWatch } from './provider-watch.js';

class Provider extends IdentityProvider {
  readonly name = 'test';
  override readonly issuers = ['https://a.example', 'https://b.example'];
  attempts = 0;
  warm: () => Promise<void> = () => Promise.resolve();

  override authenticate(): Promise<never> {
    return Promise.reject(new PatronusError('token_invalid'));
  }
  override warmUp(): Promise<void> {
    this.attempts += 1;
    return this.warm();
  }
  tell(type: 'provider_unavailable' | 'provider_recovered' | 'issuer_removed'): void {
    const [issuer = ''] = this.issuers;
    const event = { provider: this.name, issuer, reason: 'away' };
    const told: Record<typeof type, ProviderEvent> = {
      provider_unavailable: { ...event, type: 'provider_unavailable' },
      provider_recovered: { ...event, type: 'provider_recovered' },
      issuer_removed: { ...event, type: 'issuer_removed' },
    };
    this.report(told[type]);
  }
}

describe('ProviderWatch', () => {
  let provider: Provider;
  let watch: ProviderWatch;
  beforeEach(() => {
    jest.useFakeTimers();
    provider = new Provider();
    watch = new ProviderWatch(provider);
    watch.start();
  });
  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  const hang = () => new Promise<never>(() => {});
  async function lookPatiently() {
    const state = watch.look();
    await jest.advanceTimersByTimeAsync(2000);
    return state;
  }

  it('can be stopped before it has started', () => {
    expect(() => new ProviderWatch(provider).stop()).not.toThrow();
  });

  it('has the provider try once while all is well, and each time through an outage', async () => {
    expect([await watch.look(), await watch.look()]).toEqual(['up', 'up']);
    expect(provider.attempts).toBe(1);
    provider.tell('provider_unavailable');
    expect([await watch.look(), await watch.look()]).toEqual(['degraded', 'degraded']);
    expect(provider.attempts).toBe(3);
    provider.tell('provider_recovered');
    expect(await watch.look()).toBe('up');
    expect(provider.attempts).toBe(3);
  });

  it('goes on as before while the provider hangs, and waits no longer than two seconds', async () => {
    provider.warm = hang;
    expect(await lookPatiently()).toBe('down');
    provider.warm = () => Promise.resolve();
    expect(await watch.look()).toBe('up');
    provider.tell('provider_unavailable');
    provider.warm = hang;
    expect(await lookPatiently()).toBe('degraded');
  });

  it('counts as bad where all of its issuers fail', async () => {
    const fail = (failures: number) => () =>
      Promise.reject(new AggregateError(Array.from({ length: failures }, () => new Error('away'))));
    provider.warm = fail(2);
    expect(await watch.look()).toBe('down');
    provider.warm = fail(1);
    expect(await watch.look()).not.toBe('down');
    provider.tell('provider_unavailable');
    provider.warm = () => Promise.reject(new Error('away'));
    expect(await watch.look()).toBe('down');
  });

  it('forgets an issuer that is not believed any more, and all once it has stopped', async () => {
    provider.tell('provider_unavailable');
    provider.tell('issuer_removed');
    expect([await watch.look(), watch.outages]).toEqual(['up', []]);
    watch.stop();
    provider.tell('provider_unavailable');
    expect(watch.outages).toEqual([]);
  });
});

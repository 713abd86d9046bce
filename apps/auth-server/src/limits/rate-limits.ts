import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PlatformError } from '../errors/platform.error.js';
import { Sealer } from '../sealing/sealer.js';
import { ServerSettings } from '../settings/server-settings.js';
import { addressKey } from './address-key.js';
import { emailLimitKey } from './email-limit-key.js';
import { type Count, type Limit, type LimitedBy, Limiters } from './limiters.js';
import { RATE_LIMITS, type RateLimitName, type RateLimitPolicy } from './rate-limit.policies.js';
import type { QuotaState, Spending } from './spending.js';

/** Seconds until a retry makes sense where the store is away. */
const OUTAGE = 5;

/** Whose request it is. */
export interface Spender {
  /** As Express says it; undefined where the connection is gone. */
  readonly address: string | undefined;
  /** The e-mail address or the name that the request is about. */
  readonly account?: string | undefined;
}

/** Counts requests, and says when there were too many. */
@Injectable()
export class RateLimits {
  constructor(
    private readonly settings: ServerSettings,
    private readonly sealer: Sealer,
    private readonly limiters: Limiters,
  ) {}

  /**
   * Counts one request. What is refused by address counts for no account, so that one address cannot
   * use up another's.
   *
   * @throws {PlatformError} `unavailable`, soon, where nobody can count
   */
  async spend(name: RateLimitName, spender: Spender): Promise<Spending> {
    if (this.settings.limits === 'off') return { quotas: [] };
    const quotas: QuotaState[] = [];
    for (const limit of limitsOf(name, RATE_LIMITS[name])) {
      const key = this.#keyOf(limit.by, spender);
      if (key === undefined) continue;
      const count = await this.#count(limit, key);
      const state = stateOf(limit, count);
      quotas.push(state);
      if (count.points > state.limit) return { quotas, retryAfter: state.reset };
    }
    return { quotas };
  }

  async #count(limit: Limit, key: string): Promise<Count> {
    try {
      return await this.limiters.count(limit, key);
    } catch (cause) {
      throw new PlatformError('unavailable', { retryAfter: OUTAGE, cause });
    }
  }

  /** Accounts are hashed under a key: whoever reads the store does not learn who has one. */
  #keyOf(by: LimitedBy, { address, account }: Spender): string | undefined {
    if (by === 'address') return addressKey(address);
    if (account === undefined) return undefined;
    const key = this.sealer.keyFor('limits');
    return createHmac('sha256', key).update(emailLimitKey(account)).digest('base64url');
  }
}

function limitsOf(name: RateLimitName, { address, account }: RateLimitPolicy): readonly Limit[] {
  const byAddress: Limit = { name, by: 'address', quota: address };
  return account ? [byAddress, { name, by: 'account', quota: account }] : [byAddress];
}

function stateOf({ name, by, quota }: Limit, { points, reset }: Count): QuotaState {
  return {
    name: `${name}-${by}`,
    limit: quota.points,
    window: quota.seconds,
    remaining: Math.max(0, quota.points - points),
    reset: Math.max(1, Math.ceil(reset / 1000)),
  };
}

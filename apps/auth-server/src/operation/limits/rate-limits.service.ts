import { createHmac } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { Injectable } from '@nestjs/common';
import { Sealer } from '../crypto/sealer.js';
import { PlatformError } from '../http/errors.js';
import { ServerSettings } from '../settings/server-settings.js';
import { type Count, type Limit, type LimitedBy, Limiters } from './rate-limit-store.js';
import { RATE_LIMITS, type RateLimitName, type RateLimitPolicy } from './rate-limit.policies.js';

/** The first half of an IPv6 address is the network: whoever has one has all 2^64 addresses in it. */
const NETWORK_GROUPS = 4;

/**
 * What requests from an address are counted under: the address for IPv4, also where it is written as
 * IPv6 (RFC 4291, section 2.5.5.2), and the /64 for IPv6. All that have none share one.
 */
export function addressKey(address: string | undefined): string {
  const [plain = ''] = (address ?? '').split('%');
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return 'unknown';
  const groups = groupsOf(plain);
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  }
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** The eight numbers of an IPv6 address; URL writes each way of writing it as one. */
function groupsOf(address: string): number[] {
  const [, canonical = ''] = /^\[(.*)\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  const [head = '', tail = ''] = canonical.split('::');
  const first = numbersOf(head);
  const last = numbersOf(tail);
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function numbersOf(groups: string): number[] {
  return groups === '' ? [] : groups.split(':').map((group) => Number.parseInt(group, 16));
}

/** Where dots in the local part mean nothing, and both names lead to one inbox. */
const GMAIL = ['gmail.com', 'googlemail.com'];

/**
 * What requests about an account are counted under: the same for all aliases of an e-mail address, so
 * that `ana+1@example.com` and `Ana@example.com` share one limit. Anything else counts as it is, in
 * lower case. Only for limits: two addresses with one key may be two people's.
 */
export function emailLimitKey(identifier: string): string {
  const text = identifier.trim().normalize('NFC').toLowerCase();
  const at = text.lastIndexOf('@');
  if (at < 1) return text;
  const local = text.slice(0, at);
  const domain = domainToASCII(text.slice(at + 1)) || text.slice(at + 1);
  const [name = ''] = local.split('+');
  if (GMAIL.includes(domain)) return `${name.replaceAll('.', '') || local}@gmail.com`;
  return `${name || local}@${domain}`;
}

/** One limit after a request was counted. */
interface QuotaState {
  readonly name: string;
  /** Requests in one window. */
  readonly limit: number;
  /** In seconds. */
  readonly window: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly reset: number;
}

/** What became of a request that was counted. */
interface Spending {
  /** Those that were asked, up to the one that refused. */
  readonly quotas: readonly QuotaState[];
  /** Seconds until a retry makes sense. Undefined: the request may go on. */
  readonly retryAfter?: number;
}

/** Seconds until a retry makes sense where the store is away. */
const OUTAGE = 5;

/** Whose request it is. */
interface Spender {
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

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4: lists of structured fields
 * (RFC 9651), one member for each limit.
 */
export function rateLimitHeaders(quotas: readonly QuotaState[]): Readonly<Record<string, string>> {
  if (quotas.length === 0) return {};
  return {
    'RateLimit-Policy': quotas
      .map(({ name, limit, window }) => `"${name}";q=${limit};w=${window}`)
      .join(', '),
    RateLimit: quotas
      .map(({ name, remaining, reset }) => `"${name}";r=${remaining};t=${reset}`)
      .join(', '),
  };
}

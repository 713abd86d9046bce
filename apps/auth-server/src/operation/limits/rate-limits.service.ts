import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { Injectable } from '@nestjs/common';
import { type BlindIndex, Keyring } from '../crypto/keyring.js';
import { PlatformError } from '../http/errors.js';
import { ServerSettings } from '../settings/server-settings.js';
import { type Count, type Limit, RateLimitStore } from './rate-limit-store.js';
import {
  type MailLimitName,
  NETWORK_FACTOR,
  RATE_LIMITS,
  type RateLimitName,
  type RateLimitPolicy,
} from './rate-limit.policies.js';

/** The groups of an IPv6 address that name a network, by the length of its prefix. */
const PREFIXES = { 64: 4, 48: 3 } as const;

/**
 * Returns the key under which requests from an address are counted: the address for IPv4, also in its
 * IPv6 notation (RFC 4291, section 2.5.5.2), and the /64 for IPv6, all of whose addresses one subscriber has.
 * Requests without an address share one key.
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
  return prefixOf(groups, 64);
}

/** Returns the /48 of an IPv6 address. Undefined for IPv4: its networks are not those of one subscriber. */
export function networkKey(address: string | undefined): string | undefined {
  const [plain = ''] = (address ?? '').split('%');
  return addressKey(address).endsWith('/64') ? prefixOf(groupsOf(plain), 48) : undefined;
}

function prefixOf(groups: readonly number[], length: keyof typeof PREFIXES): string {
  const network = groups.slice(0, PREFIXES[length]).map((group) => group.toString(16));
  return `${network.join(':')}::/${length}`;
}

/** Parses the eight numbers of an IPv6 address. `URL` normalises its notation. */
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

/** Domains that ignore dots in the local part. Both lead to the same inbox. */
const GMAIL = ['gmail.com', 'googlemail.com'];

/**
 * Returns the key under which mails to an address are counted. All aliases of an address have the same key, so
 * `ana+1@example.com` and `Ana@example.com` share a limit. Other texts are lower-cased. Use it for limits of mails
 * only: two people may have addresses with the same key.
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

/** The state of a limit after a request was counted. */
interface QuotaState {
  readonly name: string;
  /** The number of requests in a window. */
  readonly limit: number;
  /** In seconds. */
  readonly window: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly reset: number;
}

/** The result of counting a request. */
interface Spending {
  /** The limits that were checked, up to the one that refused. */
  readonly quotas: readonly QuotaState[];
  /** Seconds until a retry makes sense. Undefined if the request is within its limits. */
  readonly retryAfter?: number;
}

/** Seconds until a retry makes sense if the store is unavailable. */
const OUTAGE = 5;

/** The subjects of a request. */
interface Spender {
  /** The address that Express reports. Undefined if the connection is closed. */
  readonly address: string | undefined;
  /** The id of the account that the caller has signed in to. */
  readonly account?: string | undefined;
}

/** Counts requests and mails, and detects when there are too many. */
@Injectable()
export class RateLimitsService {
  readonly #indexOf: BlindIndex;

  constructor(
    private readonly settings: ServerSettings,
    keyring: Keyring,
    private readonly limiters: RateLimitStore,
  ) {
    this.#indexOf = keyring.blindIndex('limits', emailLimitKey);
  }

  /**
   * Counts a request, up to the first limit that refuses it.
   *
   * @throws {PlatformError} `unavailable` if the store does not answer within its time limit
   */
  async spend(name: RateLimitName, spender: Spender): Promise<Spending> {
    if (this.settings.limits === 'off') return { quotas: [] };
    const quotas: QuotaState[] = [];
    for (const [limit, key] of countersOf(name, spender)) {
      const count = await this.#count(limit, key);
      const state = stateOf(limit, count);
      quotas.push(state);
      if (count.points > state.limit) return { quotas, retryAfter: state.reset };
    }
    return { quotas };
  }

  /**
   * Counts a request of a signed-in caller.
   *
   * @throws {PlatformError} `rate_limited`, or `unavailable` as {@link spend}
   */
  async require(name: RateLimitName, spender: Spender): Promise<void> {
    const { retryAfter } = await this.spend(name, spender);
    if (retryAfter !== undefined) throw new PlatformError('rate_limited', { retryAfter });
  }

  /**
   * Counts a mail. False if its recipient got too many. The caller answers as if it were sent, because other callers
   * may have used up the limit.
   *
   * @param recipient an address, which counts with its aliases; or the id of an account, which counts by itself, so
   * that mails to aliases of its address keep none from its owner
   * @throws {PlatformError} `unavailable` as {@link spend}
   */
  async mayMail(name: MailLimitName, recipient: string): Promise<boolean> {
    if (this.settings.limits === 'off') return true;
    const { mails } = RATE_LIMITS[name];
    // Hashed with a key, so that the store does not reveal who has an account.
    const { points } = await this.#count(
      { name, by: 'mails', quota: mails },
      this.#indexOf(recipient),
    );
    return points <= mails.points;
  }

  /** Forgets the mails to a recipient, who has used a link of one. A store that is down forgets nothing. */
  async forgetMails(name: MailLimitName, recipient: string): Promise<void> {
    if (this.settings.limits === 'off') return;
    const limit: Limit = { name, by: 'mails', quota: RATE_LIMITS[name].mails };
    await this.limiters.forget(limit, this.#indexOf(recipient)).catch(() => undefined);
  }

  async #count(limit: Limit, key: string): Promise<Count> {
    try {
      return await this.limiters.count(limit, key);
    } catch (cause) {
      throw new PlatformError('unavailable', { retryAfter: OUTAGE, cause });
    }
  }
}

/** Returns the limits of a request that apply to its subjects, with their keys. */
function countersOf(name: RateLimitName, spender: Spender): readonly (readonly [Limit, string])[] {
  const { address, account }: RateLimitPolicy = RATE_LIMITS[name];
  const network = networkKey(spender.address);
  const counters: (readonly [Limit, string])[] = [];
  if (address !== undefined) {
    counters.push([{ name, by: 'address', quota: address }, addressKey(spender.address)]);
  }
  if (address !== undefined && network !== undefined) {
    const quota = { ...address, points: address.points * NETWORK_FACTOR };
    counters.push([{ name, by: 'network', quota }, network]);
  }
  if (account !== undefined && spender.account !== undefined) {
    counters.push([{ name, by: 'account', quota: account }, spender.account]);
  }
  return counters;
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
 * Returns the headers of draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4: lists of structured
 * fields (RFC 9651) with a member for each limit.
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

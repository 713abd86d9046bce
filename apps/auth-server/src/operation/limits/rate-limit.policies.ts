/** The maximum number of requests in a window of seconds. */
export interface Quota {
  readonly points: number;
  readonly seconds: number;
}

/** The quotas of a name. None counts what other callers do with a name that they only know. */
export interface RateLimitPolicy {
  /** Requests of a network: an IPv4 address, or the /64 of an IPv6 address. */
  readonly address?: Quota;
  /** Requests of the account that the caller has signed in to. */
  readonly account?: Quota;
  /** Mails to an address and its aliases, or to an account. More are not sent, and the answer is the same. */
  readonly mails?: Quota;
}

const MINUTE = 60;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;

/** The quota of a /48 of IPv6, in quotas of a /64: a subscriber may have 65,536 of these. */
export const NETWORK_FACTOR = 8;

/** The limits by name. Each endpoint refers to one. */
export const RATE_LIMITS = {
  // A whole office behind one address logs in at nine. More is guessing, and each login costs a hash.
  login: { address: quota(60, MINUTE) },
  // Each challenge takes five codes, and a mail goes out only after a right password.
  code: { address: quota(60, QUARTER), mails: quota(10, HOUR) },
  // A school class registers at the same time. Each registration costs a hash and a mail.
  register: { address: quota(30, HOUR), mails: quota(5, HOUR) },
  // More mails in an hour would only flood another person's inbox.
  forgot: { address: quota(30, HOUR), mails: quota(5, HOUR) },
  // Like `forgot`.
  resend: { address: quota(30, HOUR), mails: quota(5, HOUR) },
  // Links of 256 bits cannot be guessed. This limits the hashes of new passwords.
  reset: { address: quota(60, QUARTER) },
  // A tab refreshes every few minutes, and many tabs share an address.
  refresh: { address: quota(600, MINUTE) },
  // Each person opens one link, once or twice.
  verify: { address: quota(120, QUARTER) },
  // A server fetches tokens for many people from one address. Codes and secrets have 256 bits.
  token: { address: quota(1200, MINUTE) },
  // Pushed requests of clients without a secret, such as applications on phones. Each leaves a row of up to 56 KiB.
  push: { address: quota(60, MINUTE) },
  // Actions that signed-in people do by hand, several people behind one address.
  account: { address: quota(300, MINUTE) },
  // Like `register`: each request sends a mail to an address that the caller chooses.
  'change-address': {
    address: quota(30, HOUR),
    account: quota(10, HOUR),
    mails: quota(5, HOUR),
  },
  // The answer tells if a username is taken.
  'change-username': { account: quota(10, HOUR) },
  // Pages of people, including their redirects.
  authorize: { address: quota(300, MINUTE) },
  // User codes are short. Ten minutes of guessing must not find one (RFC 8628, section 5.1).
  device: { address: quota(30, QUARTER) },
  // A resource server may introspect for each of its own requests: 500 per second.
  introspect: { address: quota(30_000, MINUTE) },
  // Clients register once. Each leaves a row.
  registration: { address: quota(60, HOUR) },
} as const satisfies Readonly<Record<string, RateLimitPolicy>>;

export type RateLimitName = keyof typeof RATE_LIMITS;

/** The names of limits that have a quota of mails. */
export type MailLimitName = {
  readonly [Name in RateLimitName]: (typeof RATE_LIMITS)[Name] extends { readonly mails: Quota }
    ? Name
    : never;
}[RateLimitName];

function quota(points: number, seconds: number): Quota {
  return { points, seconds };
}

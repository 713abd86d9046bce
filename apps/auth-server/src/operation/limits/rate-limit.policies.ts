/** So many requests within so many seconds. */
export interface Quota {
  readonly points: number;
  readonly seconds: number;
}

/** What one name may do, by network address and, where a request names one, by account. */
export interface RateLimitPolicy {
  readonly address: Quota;
  readonly account?: Quota;
}

const MINUTE = 60;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;

/** The limits by name; each endpoint names its own. */
export const RATE_LIMITS = {
  // An office behind one address logs in at nine; above that it is guessing. The lock-out counts failures of
  // one account, and this what succeeds as well: each costs a hash.
  login: { address: quota(60, MINUTE), account: quota(20, QUARTER) },
  // A class registers together; each registration costs a hash and a mail to somebody.
  register: { address: quota(30, HOUR), account: quota(5, HOUR) },
  // Nobody needs more mails an hour; more would flood the inbox of another.
  forgot: { address: quota(30, HOUR), account: quota(5, HOUR) },
  // As above.
  resend: { address: quota(30, HOUR), account: quota(5, HOUR) },
  // Links hold 256 bits, which nobody guesses; this bounds the hashes of new passwords.
  reset: { address: quota(60, QUARTER) },
  // Once in some minutes a tab, and many tabs behind one address.
  refresh: { address: quota(600, MINUTE) },
  // One link a person, opened once or twice.
  verify: { address: quota(120, QUARTER) },
  // Servers that fetch tokens for many people from one address; codes and secrets have 256 bits.
  token: { address: quota(1200, MINUTE) },
  // What a signed-in person does by hand, some at once behind one address.
  account: { address: quota(300, MINUTE) },
  // As `account`, where a request is about an address: each mails to it.
  'change-address': { address: quota(300, MINUTE), account: quota(5, HOUR) },
  // Pages that people see, with their redirects.
  authorize: { address: quota(300, MINUTE) },
  // User codes are short, for people to type: ten minutes of guesses must not find one (RFC 8628, section 5.1).
  device: { address: quota(30, QUARTER) },
  // A resource server may ask for each of its own requests: 500 a second.
  introspect: { address: quota(30_000, MINUTE) },
  // Clients register once; each leaves a row.
  registration: { address: quota(60, HOUR) },
} as const satisfies Readonly<Record<string, RateLimitPolicy>>;

export type RateLimitName = keyof typeof RATE_LIMITS;

function quota(points: number, seconds: number): Quota {
  return { points, seconds };
}

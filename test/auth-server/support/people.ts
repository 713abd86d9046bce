import { randomUUID } from 'node:crypto';
import type { ApiAnswer, PlatformBed } from './platform-bed.js';

export const PASSWORD = 'the owl counts nine slow trains';
export const OTHER_PASSWORD = 'a violet kettle sings to eleven foxes';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const newAddress = (): string => `p-${randomUUID()}@example.com`;

export const logIn = (bed: PlatformBed, email: string, password = PASSWORD): Promise<ApiAnswer> =>
  bed.api('POST', '/api/v1/auth/login', { email, password });

export const register = (
  bed: PlatformBed,
  email: string,
  password = PASSWORD,
  more: object = {},
): Promise<ApiAnswer> => bed.api('POST', '/api/v1/auth/register', { email, password, ...more });

export const verifyEmail = (bed: PlatformBed, token: string): Promise<ApiAnswer> =>
  bed.api('POST', '/api/v1/auth/verify-email', { token });

/** Registers a person who then opened the link, and returns the address. */
export async function registered(bed: PlatformBed, more: object = {}): Promise<string> {
  const email = newAddress();
  await register(bed, email, PASSWORD, more);
  await verifyEmail(bed, await bed.tokenMailedTo(email));
  return email;
}

/**
 * Logs in.
 *
 * @throws {Error} if the login is refused
 */
export async function tokensOf(
  bed: PlatformBed,
  email: string,
  password = PASSWORD,
): Promise<Tokens> {
  const { status, body } = await logIn(bed, email, password);
  if (status !== 200) throw new Error(`the login of ${email} was refused with ${status}`);
  return body;
}

/** Counts the statuses of parallel requests. */
export async function tally(count: number, once: (index: number) => Promise<ApiAnswer>) {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => once(index)));
  const tallied: Record<number, number> = {};
  for (const { status } of answers) tallied[status] = (tallied[status] ?? 0) + 1;
  return tallied;
}

import { expect } from '@jest/globals';
import type { ApiAnswer, BedOptions, PlatformBed } from '../support/platform-bed.js';
import { PASSWORD } from '../support/people.js';

export const WRONG = 'not the password of anybody';
export const LOCKED = { status: 429, body: { code: 'account_locked' } };
export const REFUSED = { status: 401, body: { code: 'invalid_credentials' } };
export const CHALLENGED = {
  status: 200,
  body: { challenge: { token: expect.any(String), factors: ['email_code'] } },
};

/** The environment in which a caller names its network. */
export const BEHIND_PROXY: Pick<BedOptions, 'environment'> = {
  environment: { TRUST_PROXY: 'loopback' },
};

/** Options of {@link logInFrom}. */
interface From {
  readonly network: string;
  readonly password?: string;
  /** The secret of the device. */
  readonly device?: string;
}

/** The header of a network. */
export const at = (network: string) => ({ 'x-forwarded-for': network });

/** A network that no other test uses. */
export const newNetwork = (): string => {
  made += 1;
  return `10.${(made >> 16) & 255}.${(made >> 8) & 255}.${made & 255}`;
};
let made = 0;

/** Logs in from a network. */
export function logInFrom(
  bed: PlatformBed,
  identifier: string,
  { network, password = PASSWORD, device }: From,
): Promise<ApiAnswer> {
  return bed.api('POST', '/api/v1/auth/login', { identifier, password }, undefined, {
    ...at(network),
    ...(device !== undefined && { 'x-device-id': device }),
  });
}

/** Fails logins from a network. @returns the last answer */
export async function failFrom(
  bed: PlatformBed,
  name: string,
  network: string,
  times: number,
): Promise<ApiAnswer | undefined> {
  let last: ApiAnswer | undefined;
  for (let index = 0; index < times; index += 1) {
    last = await logInFrom(bed, name, { network, password: WRONG });
  }
  return last;
}

/** Fails logins from several networks, five from each, until a name has twenty. */
export async function attack(bed: PlatformBed, name: string, networks = 4): Promise<void> {
  for (let index = 0; index < networks; index += 1) await failFrom(bed, name, newNetwork(), 5);
}

/** The code in the last mail to an address. */
export async function codeMailedTo(bed: PlatformBed, address: string): Promise<string> {
  const mail = (await bed.inbox(address)).at(-1);
  const code = /: (\d{6})\b/.exec(mail?.text ?? '')?.[1];
  if (code === undefined) throw new Error(`no code was mailed to ${address}`);
  return code;
}

/** Answers a challenge. */
export const answer = (bed: PlatformBed, token: string, code: string): Promise<ApiAnswer> =>
  bed.api('POST', '/api/v1/auth/login/verify', { token, factor: 'email_code', code });

import { domainToASCII } from 'node:url';
import { z } from 'zod';

/** An address that mail can be sent to. */
export interface EmailAddress {
  /** As it was written, with the domain in ASCII: what is stored, and where mail goes. */
  readonly address: string;
  /** One spelling for all of an address: in NFC and lower case. */
  readonly key: string;
}

const LONGEST = 254;
const LONGEST_LOCAL = 64;
/** No spaces, controls, quotes or separators: nothing that a header of a mail could mistake. */
const LOCAL = /^[^\s\p{C}"(),:;<>@[\\\]]+$/u;
const DOMAIN = /^[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)*$/u;

/** The address that somebody typed. Undefined where it is none. */
export function readEmailAddress(text: string): EmailAddress | undefined {
  if (text.length > LONGEST * 2) return undefined;
  const [local = '', domain = '', ...rest] = text.trim().normalize('NFC').split('@');
  if (rest.length > 0 || !LOCAL.test(local) || !DOMAIN.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  const address = `${local}@${ascii}`;
  const key = address.toLowerCase().normalize('NFC');
  const fits = local.length <= LONGEST_LOCAL && address.length <= LONGEST;
  return ascii !== '' && fits ? { address, key } : undefined;
}

const USERNAME_FORMAT = /^[A-Za-z0-9][A-Za-z0-9._-]{2,31}$/;

/** 3 to 32 letters, digits, dots, underscores and hyphens of ASCII: never taken for an e-mail address. */
export function isUsername(text: string): boolean {
  return USERNAME_FORMAT.test(text);
}

/** One spelling for all of a username. */
export function usernameKey(username: string): string {
  return username.trim().toLowerCase();
}

/** An address, read. */
export const EMAIL = z.string().transform((text, context) => {
  const address = readEmailAddress(text);
  if (address !== undefined) return address;
  context.addIssue({ code: 'custom', message: 'Enter a valid email address.' });
  return z.NEVER;
});

export const USERNAME = z.string().trim().refine(isUsername, {
  error:
    'Use 3 to 32 letters, digits, dots, hyphens and underscores. Start with a letter or a digit.',
});

export const NAME = z
  .string()
  .trim()
  .min(1, { error: 'Enter a name, or omit it.' })
  .max(200, { error: 'Use at most 200 characters.' })
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), { error: 'Do not use control characters.' });

/** Any text. The password policy checks new passwords. */
export const PASSWORD = z.string().min(1, { error: 'Enter a password.' });

export const TOKEN = z.string().min(1).max(200);

import { domainToASCII } from 'node:url';
import { z } from 'zod';

/** An address that mail can be sent to. */
export interface EmailAddress {
  /** The address as it was typed, with the domain in ASCII. It is stored, and mail goes to it. */
  readonly address: string;
  /** The normalised address, in NFC and lower case. Different spellings have the same key. */
  readonly key: string;
}

const MAX_LENGTH = 254;
const MAX_LOCAL = 64;
/** Excludes spaces, controls, quotes and separators, which have a meaning in mail headers. */
const LOCAL = /^[^\s\p{C}"(),:;<>@[\\\]]+$/u;
const DOMAIN = /^[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)*$/u;

/** Reads an email address. Undefined if the text is not one. */
export function readEmailAddress(text: string): EmailAddress | undefined {
  if (text.length > MAX_LENGTH * 2) return undefined;
  const [local = '', domain = '', ...rest] = text.trim().normalize('NFC').split('@');
  if (rest.length > 0 || !LOCAL.test(local) || !DOMAIN.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  const address = `${local}@${ascii}`;
  const key = address.toLowerCase().normalize('NFC');
  const fits = local.length <= MAX_LOCAL && address.length <= MAX_LENGTH;
  return ascii !== '' && fits ? { address, key } : undefined;
}

const USERNAME_FORMAT = /^[A-Za-z0-9][A-Za-z0-9._-]{2,31}$/;

/** Tells if a text is 3 to 32 ASCII letters, digits, dots, underscores and hyphens. An email address is not. */
export function isUsername(text: string): boolean {
  return USERNAME_FORMAT.test(text);
}

/** Normalises a username. Different spellings have the same key. */
export function usernameKey(username: string): string {
  return username.trim().toLowerCase();
}

/** Parses an email address. */
export const EMAIL = z.string().transform((text, context) => {
  const address = readEmailAddress(text);
  if (address !== undefined) return address;
  context.addIssue({ code: 'custom', message: 'Enter an email address like ana@example.com.' });
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

/** Accepts any text. The password policy checks new passwords. */
export const PASSWORD = z.string().min(1, { error: 'Enter a password.' });

export const TOKEN = z.string().min(1).max(200);

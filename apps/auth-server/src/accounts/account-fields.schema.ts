import { z } from 'zod';
import { readEmailAddress } from './email-address.js';
import { isUsername } from './username.js';

/** An address, read. */
export const EMAIL = z.string().transform((text, context) => {
  const address = readEmailAddress(text);
  if (address !== undefined) return address;
  context.addIssue({ code: 'custom', message: 'Give an e-mail address.' });
  return z.NEVER;
});

export const USERNAME = z.string().trim().refine(isUsername, {
  error: 'Use 3 to 32 letters, digits, dots, hyphens and underscores, a letter or digit first.',
});

export const NAME = z
  .string()
  .trim()
  .min(1, { error: 'Give a name, or leave it out.' })
  .max(200, { error: 'Use 200 characters at most.' })
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), { error: 'Use letters, and no controls.' });

/** Any text: what is wrong with a new one is for the policy to say. */
export const PASSWORD = z.string().min(1, { error: 'Give a password.' });

export const TOKEN = z.string().min(1).max(200);

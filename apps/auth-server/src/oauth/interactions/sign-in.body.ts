import { z } from 'zod';

/** What the form of the sign-in page posts. */
export const SIGN_IN_BODY = z.object({
  identifier: z.string().default(''),
  password: z.string().default(''),
});

export type SignInBody = z.output<typeof SIGN_IN_BODY>;

/** What the form of the consent page posts: anything but `allow` denies. */
export const CONSENT_BODY = z.object({ decision: z.string().default('deny') });

export type ConsentBody = z.output<typeof CONSENT_BODY>;

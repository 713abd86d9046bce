import { z } from 'zod';
import { EMAIL, NAME, PASSWORD, USERNAME } from '../account-fields.schema.js';

/** What is left out stays; null removes it. */
export const UPDATE_PROFILE_BODY = z
  .strictObject({
    name: NAME.nullable().optional(),
    username: USERNAME.nullable().optional(),
    email: EMAIL.optional(),
    currentPassword: PASSWORD.optional(),
  })
  .refine(({ email, currentPassword }) => email === undefined || currentPassword !== undefined, {
    path: ['currentPassword'],
    error: 'A new address needs the current password.',
  });

export type UpdateProfileBody = z.output<typeof UPDATE_PROFILE_BODY>;

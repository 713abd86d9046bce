import { z } from 'zod';
import { EMAIL, NAME, PASSWORD, TOKEN } from '../account-fields.schema.js';

export const SETUP_BODY = z.strictObject({
  token: TOKEN,
  email: EMAIL,
  password: PASSWORD,
  name: NAME.optional(),
});

export type SetupBody = z.output<typeof SETUP_BODY>;

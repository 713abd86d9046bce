import { z } from 'zod';
import { EMAIL, NAME, PASSWORD, USERNAME } from '../account-fields.schema.js';

export const REGISTER_BODY = z.strictObject({
  email: EMAIL,
  password: PASSWORD,
  username: USERNAME.optional(),
  name: NAME.optional(),
});

export type RegisterBody = z.output<typeof REGISTER_BODY>;

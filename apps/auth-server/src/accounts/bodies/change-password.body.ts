import { z } from 'zod';
import { PASSWORD } from '../account-fields.schema.js';

export const CHANGE_PASSWORD_BODY = z.strictObject({
  currentPassword: PASSWORD,
  newPassword: PASSWORD,
});

export type ChangePasswordBody = z.output<typeof CHANGE_PASSWORD_BODY>;

import { z } from 'zod';
import { PASSWORD, TOKEN } from '../../accounts/identifiers.js';

export const RESET_PASSWORD_BODY = z.strictObject({ token: TOKEN, password: PASSWORD });

export type ResetPasswordBody = z.output<typeof RESET_PASSWORD_BODY>;

export const CHANGE_PASSWORD_BODY = z.strictObject({
  currentPassword: PASSWORD,
  newPassword: PASSWORD,
});

export type ChangePasswordBody = z.output<typeof CHANGE_PASSWORD_BODY>;

export const CURRENT_PASSWORD_BODY = z.strictObject({ password: PASSWORD });

export type CurrentPasswordBody = z.output<typeof CURRENT_PASSWORD_BODY>;

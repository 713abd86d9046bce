import { z } from 'zod';
import { PASSWORD, TOKEN } from '../account-fields.schema.js';

export const RESET_PASSWORD_BODY = z.strictObject({ token: TOKEN, password: PASSWORD });

export type ResetPasswordBody = z.output<typeof RESET_PASSWORD_BODY>;

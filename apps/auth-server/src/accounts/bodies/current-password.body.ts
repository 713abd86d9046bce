import { z } from 'zod';
import { PASSWORD } from '../account-fields.schema.js';

export const CURRENT_PASSWORD_BODY = z.strictObject({ password: PASSWORD });

export type CurrentPasswordBody = z.output<typeof CURRENT_PASSWORD_BODY>;

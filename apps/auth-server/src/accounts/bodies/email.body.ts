import { z } from 'zod';
import { EMAIL } from '../account-fields.schema.js';

export const EMAIL_BODY = z.strictObject({ email: EMAIL });

export type EmailBody = z.output<typeof EMAIL_BODY>;

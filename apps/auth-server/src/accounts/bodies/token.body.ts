import { z } from 'zod';
import { TOKEN } from '../account-fields.schema.js';

export const TOKEN_BODY = z.strictObject({ token: TOKEN });

export type TokenBody = z.output<typeof TOKEN_BODY>;

import { z } from 'zod';

const token = z.string().min(1).max(512);

export const REFRESH_BODY = z.strictObject({ refreshToken: token });
export type RefreshBody = z.output<typeof REFRESH_BODY>;

/** A logout without an access token names its session by a refresh token. */
export const LOGOUT_BODY = z.strictObject({ refreshToken: token.optional() }).default({});
export type LogoutBody = z.output<typeof LOGOUT_BODY>;

import { type ApiHeaderOptions, ApiProperty } from '@nestjs/swagger';
import { z } from 'zod';
import type { Challenge } from '../challenge/challenges.service.js';
import type { ApiTokens } from './login.service.js';
import type { ChallengedSignIn } from './password-verifier.service.js';
import { PASSWORD, TOKEN } from '../../accounts/identifiers.js';
import { DEVICE_HEADER } from '../../operation/http/device.js';

const NAMES = ['email', 'username', 'identifier'] as const;
const name = z.string().min(1).max(320).optional();

/** The credentials of a login: one of three members with the name, and a password. */
export const LOGIN_BODY = z
  .strictObject({ email: name, username: name, identifier: name, password: z.string().min(1) })
  .transform(({ password, ...names }, context) => {
    const [identifier, ...others] = NAMES.flatMap((member) => names[member] ?? []);
    if (identifier !== undefined && others.length === 0) return { identifier, password };
    context.addIssue({
      code: 'custom',
      message: 'Send exactly one of email, username and identifier.',
    });
    return z.NEVER;
  });

export type LoginBody = z.output<typeof LOGIN_BODY>;

/** The answer to a challenge. */
export const VERIFY_BODY = z.strictObject({
  token: TOKEN,
  factor: z.enum(['email_code']),
  code: z.string().trim().min(1).max(32),
});

export type VerifyBody = z.output<typeof VERIFY_BODY>;

/** A sign-in that continues with `POST /api/v1/auth/login/verify`. */
class ChallengeView {
  @ApiProperty({ description: 'Identifies the sign-in. It is a secret.' })
  readonly token: string;
  @ApiProperty({ type: [String], enum: ['email_code'], isArray: true })
  readonly factors: readonly string[];
  @ApiProperty({ format: 'date-time' })
  readonly expiresAt: Date;

  constructor({ token, factors, expiresAt }: Challenge) {
    this.token = token;
    this.factors = factors;
    this.expiresAt = expiresAt;
  }
}

/** The answer in place of tokens after too many failed logins. It does not tell if the password was right. */
export class ChallengeResponse {
  @ApiProperty({ type: ChallengeView })
  readonly challenge: ChallengeView;

  constructor({ challenge }: ChallengedSignIn) {
    this.challenge = new ChallengeView(challenge);
  }
}

/** The secret of the device, in the request of a login. */
export const DEVICE_OF_LOGIN: ApiHeaderOptions = {
  name: DEVICE_HEADER,
  required: false,
  description: 'The value of this header in the answer to the last login on this device.',
};

/** The secret of the device, in the answer to a login. */
export const DEVICE_IN_ANSWER = {
  [DEVICE_HEADER]: {
    description: 'Identifies this device. Keep it, and send it with the next login on this device.',
    schema: { type: 'string' as const },
  },
};

const token = z.string().min(1).max(512);

export const REFRESH_BODY = z.strictObject({ refreshToken: token });
export type RefreshBody = z.output<typeof REFRESH_BODY>;

/** A logout without an access token names its session by a refresh token. */
export const LOGOUT_BODY = z.strictObject({ refreshToken: token.optional() }).default({});
export type LogoutBody = z.output<typeof LOGOUT_BODY>;

/** Tokens in the format of the platform's API. */
export class TokensResponse {
  @ApiProperty({ description: 'A JWT (RFC 9068), for `Authorization: Bearer`.' })
  readonly accessToken: string;
  @ApiProperty({ enum: ['Bearer'] })
  readonly tokenType = 'Bearer';
  @ApiProperty({ description: 'Seconds until the access token expires.' })
  readonly expiresIn: number;
  @ApiProperty({ description: 'Can be used once. Each refresh returns a new one.' })
  readonly refreshToken: string;

  constructor({ accessToken, expiresIn, refreshToken }: ApiTokens) {
    this.accessToken = accessToken;
    this.expiresIn = expiresIn;
    this.refreshToken = refreshToken;
  }
}

/** Tokens under the names `access` and `refresh`, and under those of OAuth 2.0. */
export class TokenPairResponse {
  @ApiProperty()
  readonly access: string;
  @ApiProperty()
  readonly refresh: string;
  @ApiProperty()
  readonly access_token: string;
  @ApiProperty({ enum: ['Bearer'] })
  readonly token_type = 'Bearer';
  @ApiProperty({ description: 'In seconds.' })
  readonly expires_in: number;
  @ApiProperty()
  readonly refresh_token: string;

  constructor({ accessToken, expiresIn, refreshToken }: ApiTokens) {
    this.access = accessToken;
    this.refresh = refreshToken;
    this.access_token = accessToken;
    this.expires_in = expiresIn;
    this.refresh_token = refreshToken;
  }
}

export class EndedSessionsResponse {
  @ApiProperty({ description: 'The number of sessions that were ended.' })
  readonly ended: number;

  constructor(ids: readonly string[]) {
    this.ended = ids.length;
  }
}

export const RESET_PASSWORD_BODY = z.strictObject({ token: TOKEN, password: PASSWORD });

export type ResetPasswordBody = z.output<typeof RESET_PASSWORD_BODY>;

export const CHANGE_PASSWORD_BODY = z.strictObject({
  currentPassword: PASSWORD,
  newPassword: PASSWORD,
});

export type ChangePasswordBody = z.output<typeof CHANGE_PASSWORD_BODY>;

export const CURRENT_PASSWORD_BODY = z.strictObject({ currentPassword: PASSWORD });

export type CurrentPasswordBody = z.output<typeof CURRENT_PASSWORD_BODY>;

import { ApiProperty } from '@nestjs/swagger';
import { z } from 'zod';
import { EMAIL, NAME, PASSWORD, TOKEN, USERNAME } from '../../accounts/identifiers.js';
import type { Confirmed } from './registration-confirmation.service.js';

export const REGISTER_BODY = z.strictObject({
  email: EMAIL,
  password: PASSWORD,
  username: USERNAME.optional(),
  name: NAME.optional(),
});

export type RegisterBody = z.output<typeof REGISTER_BODY>;

export const TOKEN_BODY = z.strictObject({ token: TOKEN });

export type TokenBody = z.output<typeof TOKEN_BODY>;

export const EMAIL_BODY = z.strictObject({ email: EMAIL });

export type EmailBody = z.output<typeof EMAIL_BODY>;

/** The next step after an address is confirmed. */
const NEXT_STEPS = ['log_in', 'choose_password'] as const;

export class ConfirmedResponse {
  @ApiProperty({ type: String, nullable: true, description: 'The confirmed email address.' })
  readonly email: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly username: string | null;

  @ApiProperty({
    enum: NEXT_STEPS,
    description:
      '`choose_password`: the address was registered more than once, so the account has no password. A ' +
      'link to choose one was sent to it.',
  })
  readonly next: (typeof NEXT_STEPS)[number];

  constructor({ account: { email, username }, needsPassword }: Confirmed) {
    this.email = email;
    this.username = username;
    this.next = needsPassword ? 'choose_password' : 'log_in';
  }
}

export const SETUP_BODY = z.strictObject({
  token: TOKEN,
  email: EMAIL,
  password: PASSWORD,
  name: NAME.optional(),
});

export type SetupBody = z.output<typeof SETUP_BODY>;

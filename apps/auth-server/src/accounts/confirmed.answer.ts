import { ApiProperty } from '@nestjs/swagger';
import type { Confirmed } from './email-verification.js';

/** What comes after an address was confirmed. */
const NEXT_STEPS = ['log_in', 'choose_password'] as const;

export class ConfirmedAnswer {
  @ApiProperty({ type: String, nullable: true, description: 'The address that is confirmed.' })
  readonly email: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly username: string | null;

  @ApiProperty({
    enum: NEXT_STEPS,
    description:
      '`choose_password`: the address was registered more than once, so no password counts yet; a link to ' +
      'choose one was mailed to it.',
  })
  readonly next: (typeof NEXT_STEPS)[number];

  constructor({ account: { email, username }, needsPassword }: Confirmed) {
    this.email = email;
    this.username = username;
    this.next = needsPassword ? 'choose_password' : 'log_in';
  }
}

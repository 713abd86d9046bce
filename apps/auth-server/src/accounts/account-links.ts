import { Injectable } from '@nestjs/common';
import { ServerSettings } from '../settings/server-settings.js';

/** The addresses that mails and the log point to. */
@Injectable()
export class AccountLinks {
  constructor(private readonly settings: ServerSettings) {}

  get forgotUrl(): string {
    return `${this.settings.issuer}/forgot-password`;
  }

  /** Where a token is used, by a person. */
  linkTo(page: 'verify-email' | 'reset-password' | 'setup', token: string): string {
    return `${this.settings.issuer}/${page}?token=${token}`;
  }
}

import { Controller, Header, HttpCode, Post, Res, UseGuards } from '@nestjs/common';
import { clearSessionCookie, Public } from '@patronus/nestjs';
import { SignInSettings } from '../settings/sign-in-settings.js';
import { OwnPagesGuard } from './own-pages.guard.js';
import type { PageResponse } from './page-exchange.js';
import { SignInFailures } from './sign-in-failures.js';
import { RelyingParty } from './relying-party.js';

/** Ends sessions. Public, because expired and revoked sessions must be cleared, too. */
@Controller('sign-out')
@Public()
@UseGuards(OwnPagesGuard)
export class SignOutController {
  constructor(
    private readonly settings: SignInSettings,
    private readonly relyingParty: RelyingParty,
    private readonly failures: SignInFailures,
  ) {}

  /** Ends the session here, and returns the address that ends the session at the issuer. */
  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async end(@Res({ passthrough: true }) response: PageResponse): Promise<{ next: string }> {
    response.header('Set-Cookie', clearSessionCookie(this.settings.sessionCookie));
    const { url } = await this.failures.toPage(() => this.relyingParty.endSessionUrl());
    return { next: url };
  }
}

import {
  Controller,
  Header,
  HttpCode,
  Post,
  Res,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  Injectable,
} from '@nestjs/common';
import { clearSessionCookie, Public, PatronusError } from '@patronus/nestjs';
import { SignInSettings } from '../settings/sign-in-settings.js';
import type { PageResponse, PageRequest } from './page-exchange.js';
import { SignInFailures } from './sign-in-failures.js';
import { RelyingParty } from './relying-party.js';

/**
 * Accepts only requests of the clinic's own pages. Use it on routes that work without a session, because the
 * guards check the origin only together with a session.
 */
@Injectable()
class OwnPagesGuard implements CanActivate {
  constructor(private readonly settings: SignInSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<PageRequest>();
    if (headers.origin === this.settings.publicUrl) return true;
    throw new PatronusError('csrf_rejected', { reason: 'the Origin is not the clinic’s own' });
  }
}

/** Open, because a session that has expired or was revoked must still be cleared away. */
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

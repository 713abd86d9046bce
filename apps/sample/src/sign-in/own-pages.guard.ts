import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { PatronusError } from '@patronus/nestjs';
import { SignInSettings } from '../settings/sign-in-settings.js';
import type { PageRequest } from './page-exchange.js';

/**
 * Accepts only requests of the clinic's own pages. Use it on routes that work without a session, because the
 * guards check the origin only together with a session.
 */
@Injectable()
export class OwnPagesGuard implements CanActivate {
  constructor(private readonly settings: SignInSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<PageRequest>();
    if (headers.origin === this.settings.publicUrl) return true;
    throw new PatronusError('csrf_rejected', { reason: 'the Origin is not the clinic’s own' });
  }
}

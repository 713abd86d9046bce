import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { PlatformError } from '../errors/platform.error.js';
import { ServerSettings } from '../settings/server-settings.js';

const READS: readonly string[] = ['GET', 'HEAD'];

/**
 * Lets a form in only from the platform's own pages: the browser says where it stood, in
 * `Sec-Fetch-Site` (Fetch Metadata), or, where it knows none or the connection is not secure, in
 * `Origin`. What says neither is refused.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  constructor(private readonly settings: ServerSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const { method, headers } = context.switchToHttp().getRequest<Request>();
    if (READS.includes(method)) return true;
    const site = headers['sec-fetch-site'];
    const own =
      site === undefined ? headers.origin === this.settings.issuer : site === 'same-origin';
    if (!own) throw new PlatformError('cross_site_request');
    return true;
  }
}

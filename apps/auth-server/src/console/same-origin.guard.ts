import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { PlatformError } from '../operation/http/errors.js';
import { ServerSettings } from '../operation/settings/server-settings.js';

const READS: readonly string[] = ['GET', 'HEAD'];

/**
 * Accepts forms from the platform's own pages only. Browsers name the page in `Sec-Fetch-Site` (Fetch
 * Metadata), or in `Origin` if they do not know that header or the connection is not secure. A request
 * with neither is refused.
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

import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { PlatformError } from '../errors/platform.error.js';
import { ServerSettings } from '../settings/server-settings.js';

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/** What a browser here calls this machine: another name may be a page's that leads here (DNS rebinding). */
const LOCAL_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** Whether mails are shown that would have been sent: in development, where nobody but this machine asks. */
export function showsMails({ production, smtpUrl, issuer }: ServerSettings): boolean {
  return !production && smtpUrl === undefined && LOCAL_HOST.test(new URL(issuer).host);
}

/**
 * Mails hold links that let their reader in: they are shown in development alone, and on this machine
 * alone, by the address of the connection. What a proxy says of its caller does not count, and a request
 * that came through one is not from here. A platform that others know by a name of its own may stand behind
 * one that says nothing: there nobody is shown anything.
 */
@Injectable()
export class DevMailGuard implements CanActivate {
  constructor(private readonly settings: ServerSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const { socket, headers } = context.switchToHttp().getRequest<Request>();
    const isHere =
      LOOPBACK.test(socket.remoteAddress ?? '') &&
      LOCAL_HOST.test(headers.host ?? '') &&
      headers.forwarded === undefined &&
      headers['x-forwarded-for'] === undefined;
    if (showsMails(this.settings) && isHere) return true;
    throw new PlatformError('not_found');
  }
}

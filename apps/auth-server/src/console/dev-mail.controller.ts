import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Param,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@patronus/nestjs';
import type { Request, Response } from 'express';
import { MailQueue } from '../notifications/mail-queue.js';
import { PlatformError } from '../operation/http/errors.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { sendPage } from './pages.js';
import { devMailListPage, devMailPage } from './views/dev-mail.pages.js';

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
class DevMailGuard implements CanActivate {
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

const LIST = '/dev/mail';

/** In development, where no mail server is set: what would have been sent. */
@Controller('dev/mail')
@UseGuards(DevMailGuard)
@ApiExcludeController()
export class DevMailController {
  constructor(private readonly queue: MailQueue) {}

  @Get()
  @Public()
  async list(@Res() response: Response): Promise<void> {
    const kept = await this.queue.kept();
    const mails = kept.map(({ id, to, subject, at }) => ({
      href: `${LIST}/${id}`,
      to,
      subject,
      at,
    }));
    sendPage(response, devMailListPage({ mails }));
  }

  @Get(':id')
  @Public()
  async show(@Param('id') id: string, @Res() response: Response): Promise<void> {
    const mail = (await this.queue.kept()).find((one) => one.id === id);
    if (mail === undefined) throw new PlatformError('not_found');
    sendPage(response, devMailPage({ ...mail, listUrl: LIST }));
  }
}

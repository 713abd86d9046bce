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
import { Pages } from './pages.js';
import { devMailListPage, devMailPage } from './views/dev-mail.pages.js';

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/** The names of this machine in a browser. Another name may belong to a page that leads here (DNS rebinding). */
const LOCAL_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** Tells if unsent mails are shown: in development only, and to this machine only. */
export function showsMails({ production, smtpUrl, issuer }: ServerSettings): boolean {
  return !production && smtpUrl === undefined && LOCAL_HOST.test(new URL(issuer).host);
}

/**
 * Shows mails in development only, and only to the machine that the platform runs on, by the address of
 * the connection: their links give access to accounts. A request that came through a proxy is refused, and
 * so is every request to a platform with a public name, which may stand behind a silent proxy.
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

/** Shows the mails that were not sent, in development without a mail server. */
@Controller('dev/mail')
@UseGuards(DevMailGuard)
@ApiExcludeController()
export class DevMailController {
  constructor(
    private readonly queue: MailQueue,
    private readonly pages: Pages,
  ) {}

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
    this.pages.send(response, (ui) => devMailListPage(ui, { mails }));
  }

  @Get(':id')
  @Public()
  async show(@Param('id') id: string, @Res() response: Response): Promise<void> {
    const mail = (await this.queue.kept()).find((one) => one.id === id);
    if (mail === undefined) throw new PlatformError('not_found');
    this.pages.send(response, (ui) => devMailPage(ui, { ...mail, listUrl: LIST }));
  }
}

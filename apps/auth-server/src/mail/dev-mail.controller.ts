import { Controller, Get, Param, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@patronus/nestjs';
import type { Response } from 'express';
import { devMailListPage } from '../pages/dev-mail-list.page.js';
import { devMailPage } from '../pages/dev-mail.page.js';
import { sendPage } from '../pages/send-page.js';
import { PlatformError } from '../errors/platform.error.js';
import { DevMailGuard } from './dev-mail.guard.js';
import { MailQueue } from './mail-queue.js';

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

import { Module } from '@nestjs/common';
import { DevMailController } from './dev-mail.controller.js';
import { MailQueue } from './mail-queue.js';
import { MailSender } from './mail-sender.js';
import { Outbox } from './outbox.js';

@Module({
  controllers: [DevMailController],
  providers: [Outbox, MailQueue, MailSender],
  exports: [Outbox, MailQueue],
})
export class MailModule {}

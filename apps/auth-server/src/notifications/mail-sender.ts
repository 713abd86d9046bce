import {
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { AccountLinks } from './account-mails.js';
import { PeriodicJob } from '../operation/jobs/periodic-job.js';
import { codesOf } from '../operation/logging/redaction.js';
import { PlatformMetrics } from '../operation/metrics/metrics.js';
import { RetentionRules } from '../operation/retention/retention-rules.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { MailWriter } from './mail-layout.js';
import { type ClaimedMail, MailQueue, Outbox } from './mail-queue.js';

const INTERVAL = 1_000;
const AT_ONCE = 10;
/** The time limit of the mail server, in milliseconds. It ends before another sender claims the mail. */
const TIMEOUT_MS = 30_000;
const TIMEOUTS = {
  connectionTimeout: TIMEOUT_MS,
  greetingTimeout: TIMEOUT_MS,
  socketTimeout: TIMEOUT_MS,
};

/**
 * Sends mails over SMTP, each at least once: a mail is deleted after the server has accepted it. Its
 * `Message-ID` stays the same, so that mail programs recognise a second copy.
 */
@Injectable()
class MailSender implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Mail');
  readonly #transport: Transporter | undefined;
  readonly #job = new PeriodicJob({
    intervalMs: INTERVAL,
    run: () => this.#sendDue(),
    failed: (error) => this.#logger.error(`The mails that wait cannot be read: ${codesOf(error)}`),
  });

  constructor(
    private readonly queue: MailQueue,
    private readonly settings: ServerSettings,
  ) {
    const { smtpUrl, production } = settings;
    // Without a server, mails are kept and shown at /dev/mail.
    this.#transport =
      smtpUrl === undefined
        ? undefined
        : createTransport({ ...TIMEOUTS, requireTLS: production, url: smtpUrl });
  }

  onApplicationBootstrap(): void {
    if (this.#transport !== undefined) this.#job.start();
  }

  /** Finishes the current batch, before the database is closed. */
  async onModuleDestroy(): Promise<void> {
    await this.#job.stop();
    this.#transport?.close();
  }

  async #sendDue(): Promise<void> {
    const transport = this.#transport;
    if (transport === undefined) return;
    let claimed = AT_ONCE;
    while (claimed === AT_ONCE && !this.#job.isStopping) {
      const due = await this.queue.claim(AT_ONCE);
      await Promise.all(due.map((mail) => this.#send(transport, mail)));
      claimed = due.length;
    }
  }

  async #send(transport: Transporter, mail: ClaimedMail): Promise<void> {
    const { id, to, subject, text, html } = mail;
    const messageId = `<${id}@${new URL(this.settings.issuer).hostname}>`;
    try {
      await transport.sendMail({
        from: this.settings.mailFrom,
        to,
        subject,
        text,
        html,
        messageId,
      });
    } catch (error) {
      await this.#postpone(mail, codesOf(error));
      return;
    }
    await this.queue.forget(mail);
  }

  async #postpone(mail: ClaimedMail, reason: string): Promise<void> {
    const again = await this.queue.postpone(mail, reason);
    const next =
      again === undefined ? 'no more attempts' : `next attempt at ${again.toISOString()}`;
    this.#logger.warn(`Mail ${mail.id} was not sent, ${next}: ${reason}`);
  }
}

@Module({
  providers: [AccountLinks, MailQueue, MailSender, MailWriter, Outbox],
  exports: [AccountLinks, Outbox, MailQueue],
})
export class NotificationsModule implements OnModuleInit {
  constructor(
    private readonly queue: MailQueue,
    private readonly settings: ServerSettings,
    private readonly metrics: PlatformMetrics,
    private readonly retention: RetentionRules,
  ) {}

  onModuleInit(): void {
    const { queue, settings } = this;
    this.metrics.watch('patronus_mails_waiting', 'Mails that wait to be sent.', () =>
      queue.waiting(),
    );
    this.metrics.watch('patronus_mails_given_up', 'Mails that were given up.', () =>
      queue.givenUp(),
    );
    this.retention.register(queue.retentionRule({ isSending: settings.smtpUrl !== undefined }));
  }
}

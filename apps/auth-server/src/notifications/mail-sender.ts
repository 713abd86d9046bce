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
import { withinDeadline } from '../operation/deadline.js';
import { PeriodicJob } from '../operation/jobs/periodic-job.js';
import { codesOf } from '../operation/logging/redaction.js';
import { PlatformMetrics } from '../operation/metrics/metrics.js';
import { RetentionRules } from '../operation/retention/retention-rules.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { MailWriter } from './mail-layout.js';
import { type ClaimedMail, MailQueue, Outbox } from './mail-queue.js';

const INTERVAL = 1_000;
const AT_ONCE = 20;
/** The time for which the end of the process waits for mails that are being sent, in milliseconds. */
const LAST_MS = 5_000;
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
  /** The deliveries in progress. None waits for another one. */
  readonly #deliveries = new Set<Promise<void>>();
  readonly #job = new PeriodicJob({
    intervalMs: INTERVAL,
    run: () => this.#sendDue(),
    failed: (error) => this.#unreadable(error),
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

  /** Finishes the mails that are being sent. Another instance sends those that take too long, after their lease. */
  async onModuleDestroy(): Promise<void> {
    await this.#job.stop();
    await withinDeadline(Promise.all(this.#deliveries), LAST_MS).catch(() => undefined);
    this.#transport?.close();
  }

  async #sendDue(): Promise<void> {
    const transport = this.#transport;
    const free = AT_ONCE - this.#deliveries.size;
    if (transport === undefined || free <= 0) return;
    for (const mail of await this.queue.claim(free)) {
      const delivery = this.#deliver(transport, mail)
        .catch((error: unknown) => this.#unreadable(error))
        .finally(() => this.#deliveries.delete(delivery));
      this.#deliveries.add(delivery);
    }
  }

  /** Sends a mail, and then others until none is due. */
  async #deliver(transport: Transporter, first: ClaimedMail): Promise<void> {
    for (let mail: ClaimedMail | undefined = first; mail !== undefined;) {
      await this.#send(transport, mail);
      [mail] = this.#job.isStopping ? [] : await this.queue.claim(1);
    }
  }

  #unreadable(error: unknown): void {
    this.#logger.error(`The mails that wait cannot be read: ${codesOf(error)}`);
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
      const isFinal = isFinalRefusal(error);
      await this.#postpone(mail, codesOf(error), isFinal);
      return;
    }
    await this.queue.forget(mail);
  }

  async #postpone(mail: ClaimedMail, reason: string, isFinal: boolean): Promise<void> {
    const again = isFinal
      ? await this.queue.giveUp(mail, reason)
      : await this.queue.postpone(mail, reason);
    const next =
      again === undefined ? 'no more attempts' : `next attempt at ${again.toISOString()}`;
    this.#logger.warn(`Mail ${mail.id} was not sent, ${next}: ${reason}`);
  }
}

/**
 * Tells if the server refused the recipient or the mail for good: a 5xx (RFC 5321, section 4.2.1). A refusal of
 * the sender or of the login concerns every mail, and an operator can end it.
 */
function isFinalRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status: unknown = Reflect.get(error, 'responseCode');
  const command: unknown = Reflect.get(error, 'command');
  return (
    typeof status === 'number' && status >= 500 && (command === 'RCPT TO' || command === 'DATA')
  );
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

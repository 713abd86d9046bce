import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { PeriodicJob } from '../../operation/jobs/periodic-job.js';
import { codesOf, failureReason } from '../../operation/logging/redaction.js';
import { OidcProviderHost } from '../provider/provider.host.js';
import { BackChannelLogout } from './back-channel-logout.js';
import { type ClaimedNotice, LogoutNotices } from '../store/logout-notices.js';

/** The interval for notices that failed, or whose instance ended after the commit, in milliseconds. */
const INTERVAL = 1_000;
const AT_ONCE = 20;

/** Tells clients of the sessions that have ended, each at least once. */
@Injectable()
export class LogoutDelivery implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('OAuth');
  readonly #job = new PeriodicJob({
    intervalMs: INTERVAL,
    run: () => this.#deliverDue(),
    failed: (error) =>
      this.#logger.warn(`Clients cannot be told of logouts yet: ${failureReason(error)}`),
  });

  constructor(
    private readonly notices: LogoutNotices,
    private readonly logout: BackChannelLogout,
    private readonly host: OidcProviderHost,
  ) {}

  onApplicationBootstrap(): void {
    this.notices.onWritten(() => void this.#job.runNow());
    this.#job.start();
  }

  /** Finishes the current deliveries, before the database is closed. */
  async onModuleDestroy(): Promise<void> {
    await this.#job.stop();
  }

  /** Delivers what is due now. */
  async run(): Promise<void> {
    await this.#job.runNow();
  }

  async #deliverDue(): Promise<void> {
    let claimed = AT_ONCE;
    while (claimed === AT_ONCE && !this.#job.isStopping) {
      const due = await this.notices.claim(AT_ONCE);
      await Promise.all(due.map((notice) => this.#deliver(notice)));
      claimed = due.length;
    }
  }

  async #deliver(notice: ClaimedNotice): Promise<void> {
    try {
      await this.logout.tell(this.host.provider, notice);
    } catch (error) {
      await this.#postpone(notice, codesOf(error));
      return;
    }
    await this.notices.forget(notice);
  }

  async #postpone(notice: ClaimedNotice, reason: string): Promise<void> {
    const again = await this.notices.postpone(notice, reason);
    const next = again === undefined ? 'not told' : `next attempt at ${again.toISOString()}`;
    this.#logger.warn(`Back-channel logout of ${notice.clientId} failed, ${next}: ${reason}`);
  }
}

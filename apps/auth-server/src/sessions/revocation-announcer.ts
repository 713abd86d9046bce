import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type Revocation, Revocations } from '@patronus/nestjs';
import { ServerSettings } from '../settings/server-settings.js';

/** What ended, of all that the platform issues. */
export type Ended = { readonly session: string } | { readonly token: string };

/** In milliseconds. */
const RETRY_AFTER = 1000;

/** Tells every guard what counts no more. What could not be said is said again until it could. */
@Injectable()
export class RevocationAnnouncer implements OnModuleDestroy {
  readonly #logger = new Logger('Sessions');
  /** By what it is about: each once, however often it is announced. */
  readonly #unsaid = new Map<string, Ended>();
  #timer: NodeJS.Timeout | undefined;
  #isTold = false;

  constructor(
    private readonly revocations: Revocations,
    private readonly settings: ServerSettings,
  ) {}

  /**
   * Once it has resolved, this instance refuses, and every other one does within a second.
   *
   * @throws {PatronusError} `provider_unavailable` where the word cannot be passed on yet
   */
  async announce(all: readonly Ended[]): Promise<void> {
    const outcomes = await Promise.allSettled(all.map((ended) => this.#say(ended)));
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure === undefined) {
      this.#isTold &&= this.#unsaid.size > 0;
      return;
    }
    this.#retryLater();
    throw failure.reason;
  }

  onModuleDestroy(): void {
    clearTimeout(this.#timer);
    this.#unsaid.clear();
  }

  async #say(ended: Ended): Promise<void> {
    const revocation: Revocation = { ...ended, issuer: this.settings.issuer };
    const name = JSON.stringify(ended);
    this.#unsaid.set(name, ended);
    await this.revocations.revoke(revocation);
    this.#unsaid.delete(name);
  }

  #retryLater(): void {
    if (this.#timer !== undefined) return;
    if (!this.#isTold) {
      this.#logger.warn('What has ended cannot be announced yet: it is tried again each second.');
    }
    this.#isTold = true;
    this.#timer = setTimeout(() => void this.#retry(), RETRY_AFTER).unref();
  }

  async #retry(): Promise<void> {
    this.#timer = undefined;
    await this.announce([...this.#unsaid.values()]).catch(() => undefined);
  }
}

import { expect } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { OAuthBed } from '../support/oauth-bed.js';
import { registered, tokensOf } from '../support/people.js';
import type { PlatformBed } from '../support/platform-bed.js';
import type { StorageName } from '../support/platform-storage.js';
import { eventsDuring, type LoggedEvent } from './event-log.js';

/** The platform, and the events of what is done with it. */
export class ChangesBed {
  private constructor(readonly oauth: OAuthBed) {}

  static async start(storage: StorageName): Promise<ChangesBed> {
    const environment = { CLIENT_REGISTRATION: 'open' };
    return new ChangesBed(await OAuthBed.start({ storage, environment }));
  }

  get platform(): PlatformBed {
    return this.oauth.platform;
  }

  /** Calls the API, and expects that it succeeds. */
  async api(method: string, path: string, body?: unknown, token?: string) {
    const answer = await this.platform.api(method, `/api/v1/${path}`, body, token);
    expect(answer.status).toBeLessThan(300);
    return answer;
  }

  async accountOf(email: string): Promise<string> {
    const { db } = this.oauth;
    const [row] = await db.select().from(accounts).where(eq(accounts.emailKey, email));
    return `account:${row?.id}`;
  }

  /** A person who is logged in. */
  async person() {
    const email = await registered(this.platform);
    const { accessToken, refreshToken } = await tokensOf(this.platform, email);
    const account = await this.accountOf(email);
    const session = String(decodeJwt(accessToken)['sid']);
    return { email, account, accessToken, refreshToken, session };
  }

  /** Sums up the events of work, with `who` as `owner`: `account.updated by owner of owner`. */
  async during(who: string | undefined, work: () => Promise<unknown>) {
    const events = await eventsDuring(this.platform, work);
    const names = events.map(summaryOf);
    return {
      events,
      names: who === undefined ? names : names.map((name) => name.replaceAll(who, 'owner')),
    };
  }

  close(): Promise<void> {
    return this.oauth.close();
  }
}

export function summaryOf({ action, outcome, actor, subject }: LoggedEvent): string {
  const failed = outcome === 'success' ? [] : [outcome];
  return [action, ...failed, `by ${actor}`, `of ${subject}`].join(' ');
}

import type { INestApplication } from '@nestjs/common';
import { createClinic } from '../../../apps/sample/src/create-clinic.js';
import { MembersRepository } from '../../../apps/sample/src/members/members.repository.js';
import { SignInSettings } from '../../../apps/sample/src/settings/sign-in-settings.js';
import { ClinicStorage } from '../../../apps/sample/src/storage/clinic-storage.js';
import { type AdapterName, adapterFor } from '../support/clinic-under-test.js';
import { freePort } from '../../environment/free-port.mjs';
import { SmallBrowser } from './small-browser.js';
import { StandInIssuer } from './stand-in-issuer.js';
import { openStorageOn } from '../support/storage-under-test.js';

export interface BedOptions {
  readonly adapter?: AdapterName;
  readonly enrols?: boolean;
}

/** The sample with its sign-in, and an issuer to sign in at. */
export class SignInBed {
  private constructor(
    readonly url: string,
    readonly app: INestApplication,
    readonly issuer: StandInIssuer,
    private readonly clear: () => Promise<void>,
  ) {}

  static async start({ adapter = 'Express', enrols = true }: BedOptions = {}): Promise<SignInBed> {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const issuer = await StandInIssuer.start(url);
    const { storage, clear } = await openStorageOn('PGlite');
    const trusted = { issuer: issuer.url, audience: url };
    const signIn = new SignInSettings(trusted, 'sample', undefined, url, enrols);
    const entrance = { trusted, membersFrom: 'table', signIn } as const;
    const app = await createClinic({
      storage,
      entrance,
      adapter: adapterFor(adapter),
      logger: false,
    });
    await app.listen(port, 'localhost');
    return new SignInBed(url, app, issuer, clear);
  }

  get members(): MembersRepository {
    return this.app.get(MembersRepository, { strict: false });
  }

  /** Makes a person a member of a clinic, in addition to other memberships. */
  join(subject: string, clinic: string, role: string): Promise<unknown> {
    return this.app
      .get(ClinicStorage, { strict: false })
      .outsideTenants((session) =>
        session.query(
          'insert into members (issuer, subject, clinic, roles) values ($1, $2, $3, $4)',
          [this.issuer.url, subject, clinic, [role]],
        ),
      );
  }

  /** Signs in, and returns the URL that it led to. */
  async signIn(browser: SmallBrowser, path = '/sign-in'): Promise<string> {
    const callback = await this.toCallback(browser, path);
    return this.finish(browser, callback);
  }

  /**
   * Follows the sign-in up to the URL that the issuer sends the browser to, which is not visited
   * yet.
   */
  toCallback(browser: SmallBrowser, path = '/sign-in'): Promise<URL> {
    return browser.follow(this.url + path, `${this.url}/sign-in/callback`);
  }

  async finish(browser: SmallBrowser, callback: URL): Promise<string> {
    const response = await browser.send(callback.href);
    return response.headers.get('Location') ?? `no redirect, but ${response.status}`;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.issuer.close();
    await this.clear();
  }
}

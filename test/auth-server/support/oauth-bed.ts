import * as client from 'openid-client';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import {
  accounts,
  type AccountRow,
} from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { PasswordCredential } from '../../../apps/auth-server/src/credentials/password/password-credential.js';
import { PasswordHasher } from '../../../apps/auth-server/src/credentials/password/password-hasher.js';
import { PlatformBed } from './platform-bed.js';
import type { PlatformStorage, StorageName } from './platform-storage.js';
import { UserAgent } from './user-agent.js';

export const PASSWORD = 'correct horse battery staple';
export const SECRET = 'a-secret-of-a-test-that-has-32-characters';
export const CALLBACK = 'https://app.example.com/callback';
export const API = 'https://api.example.com';

const CODE = {
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid profile email offline_access read write',
};

/** Clients that the tests act as. */
export const CLIENTS = [
  { ...CODE, client_id: 'web', client_name: 'The web app', client_secret: SECRET },
  {
    ...CODE,
    client_id: 'own',
    client_secret: SECRET,
    skip_consent: true,
    post_logout_redirect_uris: ['https://app.example.com/bye'],
  },
  {
    ...CODE,
    client_id: 'phone',
    client_name: 'The phone app',
    application_type: 'native',
    redirect_uris: ['http://127.0.0.1/callback', 'com.example.app:/callback'],
    token_endpoint_auth_method: 'none',
  },
  {
    client_id: 'machine',
    client_secret: SECRET,
    grant_types: ['client_credentials'],
    scope: 'read',
  },
  {
    client_id: 'tv',
    client_name: 'The television',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
    scope: 'openid offline_access',
  },
];

export type Person = AccountRow & { readonly email: string };

export interface OAuthBedOptions {
  readonly on?: PlatformStorage;
  readonly storage?: StorageName;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The platform with clients, people and browsers. */
export class OAuthBed {
  private constructor(readonly platform: PlatformBed) {}

  static async start({ on, storage, environment = {} }: OAuthBedOptions = {}): Promise<OAuthBed> {
    const platform = await PlatformBed.start({
      ...(storage !== undefined && { storage }),
      ...(on !== undefined && { on }),
      environment: {
        CLIENTS: JSON.stringify(CLIENTS),
        RESOURCE_SERVERS: JSON.stringify([{ identifier: API, scopes: ['read', 'write'] }]),
        ...environment,
      },
    });
    return new OAuthBed(platform);
  }

  get app() {
    return this.platform.app;
  }

  get url() {
    return this.platform.url;
  }

  get clock() {
    return this.platform.clock;
  }

  get db() {
    return this.app.get(PlatformDatabase, { strict: false }).db;
  }

  /** A person with {@link PASSWORD}. */
  async person(email = `${crypto.randomUUID()}@example.com`): Promise<Person> {
    const now = this.clock.now();
    const hasher = this.app.get(PasswordHasher, { strict: false });
    const [row] = await this.db
      .insert(accounts)
      .values({
        email,
        emailKey: email,
        emailVerifiedAt: now,
        name: 'Ada',
        passwordHash: await hasher.hash(PASSWORD),
        createdAt: now,
        updatedAt: now,
      })
      .returning();
    return { ...row!, email };
  }

  async changePassword(id: string): Promise<void> {
    const passwordHash = await this.app.get(PasswordHasher, { strict: false }).hash('another one');
    const passwords = this.app.get(PasswordCredential, { strict: false });
    await this.db.transaction((tx) => passwords.enrol(tx, id, passwordHash));
  }

  browser(): UserAgent {
    return new UserAgent(this.url);
  }

  /** Returns the configuration of `openid-client` for the platform. */
  relyingParty(
    clientId: string,
    authentication: client.ClientAuth = client.ClientSecretBasic(SECRET),
  ): Promise<client.Configuration> {
    return client.discovery(new URL(this.url), clientId, undefined, authentication, {
      execute: [client.allowInsecureRequests],
    });
  }

  close(): Promise<void> {
    return this.platform.close();
  }
}

import { randomUUID } from 'node:crypto';
import { oidc } from '@patronus/nestjs/jwt';
import { platformRevocations } from '@patronus/nestjs/platform';
import { Agent, buildConnector } from 'undici';
import { accountParty } from '../../../apps/auth-server/src/events/catalogue.js';
import { Events } from '../../../apps/auth-server/src/events/events.service.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { SessionsService } from '../../../apps/auth-server/src/sessions/sessions.service.js';
import { ResourceServer } from '../interop/resource-server.js';
import { API, CLIENTS, OAuthBed, type OAuthBedOptions, SECRET } from '../support/oauth-bed.js';
import { tokensFor } from '../support/oauth-flow.js';
import { EventReader } from './event-reader.js';

const machine = { client_secret: SECRET, grant_types: ['client_credentials'] };

/** Clients that read events, and some that must not. */
export const LISTENERS = [
  { ...machine, client_id: 'listener', scope: 'events.read' },
  { ...machine, client_id: 'second-listener', scope: 'events.read read' },
];

/** The platform with clients that read its events. */
export class StreamBed {
  private constructor(
    readonly oauth: OAuthBed,
    private readonly issuer: string,
  ) {}

  static async start({ environment, ...options }: OAuthBedOptions = {}): Promise<StreamBed> {
    const clients = JSON.stringify([...CLIENTS, ...LISTENERS]);
    const all = { CLIENTS: clients, CLIENT_REGISTRATION: 'open', ...environment };
    const oauth = await OAuthBed.start({ ...options, environment: all });
    return new StreamBed(oauth, environment?.['ISSUER'] ?? oauth.url);
  }

  get url(): string {
    return this.oauth.url;
  }

  get database(): PlatformDatabase {
    return this.oauth.app.get(PlatformDatabase, { strict: false });
  }

  /** Asks for a token of the platform's own API. */
  tokenAnswer(clientId = 'listener', secret = SECRET, scope = 'events.read'): Promise<Response> {
    return fetch(new URL('/oauth/token', this.url), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope,
        resource: `${this.issuer}/api`,
      }),
    });
  }

  /** @throws {Error} with the answer, if there is no token */
  async token(clientId = 'listener', secret = SECRET): Promise<string> {
    const answer: unknown = await (await this.tokenAnswer(clientId, secret)).json();
    if (typeof answer === 'object' && answer !== null && 'access_token' in answer) {
      return String(answer.access_token);
    }
    throw new Error(JSON.stringify(answer));
  }

  async read(lastEventId?: string): Promise<EventReader> {
    return EventReader.open(this.url, await this.token(), lastEventId);
  }

  /** Records the end of sessions in one transaction. No row of a session is needed. */
  async record(...sessions: readonly string[]): Promise<void> {
    const events = this.oauth.app.get(Events, { strict: false });
    const subject = accountParty(randomUUID());
    await this.database.db.transaction((tx) =>
      events.record(
        tx,
        ...sessions.map(
          (session) => ({ type: 'session.ended', subject, ids: { session } }) as const,
        ),
      ),
    );
  }

  /** A person who is signed in at a client, with the access token for {@link API}, and the session. */
  async signedIn(): Promise<{ readonly token: string; readonly session: string }> {
    const { email } = await this.oauth.person();
    const web = await this.oauth.relyingParty('web');
    const asked = { scope: 'openid read', resource: API };
    const tokens = await tokensFor(web, this.oauth.browser(), email, asked);
    return { token: tokens.access_token, session: String(claimsOf(tokens.access_token)['sid']) };
  }

  endSession(id: string): Promise<void> {
    return this.oauth.app.get(SessionsService, { strict: false }).end([id], 'logout');
  }

  /**
   * Starts an application that the library guards, and that listens to this instance.
   *
   * @param port of a link to this instance
   */
  async application(port = this.oauth.platform.port): Promise<ResourceServer> {
    const { issuer } = this;
    const connector = buildConnector({});
    const dispatcher = new Agent({
      connect: (options, connected) => connector({ ...options, port: String(port) }, connected),
    });
    return ResourceServer.start({
      identityProvider: oidc({ issuer, audience: API, requireTyp: 'at+jwt' }),
      revocations: platformRevocations({
        issuer,
        clientId: 'listener',
        clientSecret: SECRET,
        dispatcher,
      }),
    });
  }

  close(): Promise<void> {
    return this.oauth.close();
  }
}

/** Reads the claims of a signed token without a check. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

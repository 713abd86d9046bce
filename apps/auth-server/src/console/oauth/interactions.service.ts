import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { errors, type Interaction, type InteractionResults } from 'oidc-provider';
import { Accounts } from '../../accounts/accounts.service.js';
import { describeScope } from '../../oauth/provider/claims.js';
import { saveAnew } from '../../oauth/provider/grants.js';
import { OidcProviderHost } from '../../oauth/provider/provider.host.js';
import type { ProvenAccount } from '../../sign-in/login/password-verifier.service.js';
import { SignIn } from '../../sign-in/sign-in.service.js';
import { formActionSource, sendPage } from '../pages.js';
import type { Html } from '../views/html.js';
import { consentPage, signInPage } from '../views/oauth.pages.js';

/** Whether it is a list of texts: what oidc-provider says of an interaction has no types. */
function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Who asks, for whom a person signs in. */
interface AskingClient {
  readonly id: string;
  readonly name: string;
}

/** A request and its answer, as Express has them. */
interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

/** Authorization requests that wait for a person. */
@Injectable()
export class Interactions {
  constructor(
    private readonly host: OidcProviderHost,
    private readonly door: SignIn,
  ) {}

  /**
   * The one that this browser is in.
   *
   * @throws {errors.SessionNotFound} where it is another's, has expired, or was answered
   */
  async find({ request, response }: Exchange, uid: string): Promise<Interaction> {
    const found = await this.host.provider.interactionDetails(request, response);
    if (found.uid !== uid) throw new errors.SessionNotFound('interaction session not found');
    return found;
  }

  async clientOf({ params }: Interaction): Promise<AskingClient> {
    const id = String(params['client_id']);
    const client = await this.host.provider.Client.find(id);
    if (client === undefined) throw new errors.InvalidClient('client not found');
    return { id, name: client.clientName ?? id };
  }

  /** Continues with an account whose owner was proven. The session starts when the browser comes back. */
  async signIn(exchange: Exchange, uid: string, { account, proof }: ProvenAccount): Promise<void> {
    const token = await this.door.completeOnPage(uid, account, [proof]);
    const ts = Math.floor(proof.at.getTime() / 1000);
    const login = { accountId: account.id, amr: [proof.method], ts, token };
    await this.finish(exchange, { login });
  }

  /** Writes down all that is asked for, and goes on. */
  async allow(exchange: Exchange, { prompt, params, session, grantId }: Interaction) {
    const { Grant } = this.host.provider;
    if (session === undefined) throw new errors.SessionNotFound('nobody is signed in');
    const known = grantId === undefined ? undefined : await Grant.find(grantId);
    const grant =
      known ?? new Grant({ accountId: session.accountId, clientId: String(params['client_id']) });
    const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = prompt.details;
    if (isTexts(missingOIDCScope)) grant.addOIDCScope(missingOIDCScope.join(' '));
    if (isTexts(missingOIDCClaims)) grant.addOIDCClaims([...missingOIDCClaims]);
    for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
      if (isTexts(scopes)) grant.addResourceScope(resource, scopes.join(' '));
    }
    await this.finish(exchange, { consent: { grantId: await saveAnew(grant) } });
  }

  /** Goes back to the client without anything (RFC 6749, section 4.1.2.1). */
  async refuse(exchange: Exchange): Promise<void> {
    const error_description = 'the person did not allow it';
    await this.finish(exchange, { error: 'access_denied', error_description });
  }

  private finish({ request, response }: Exchange, result: InteractionResults): Promise<void> {
    return this.host.provider.interactionFinished(request, response, result);
  }
}

/** What came of an attempt to sign in. */
interface Attempt {
  readonly identifier: string;
  readonly error: string;
  readonly status: number;
}

/** The pages that a person answers an authorization request with. */
@Injectable()
export class InteractionPages {
  constructor(
    private readonly interactions: Interactions,
    private readonly accounts: Accounts,
  ) {}

  async send(response: Response, interaction: Interaction): Promise<void> {
    const page =
      interaction.prompt.name === 'consent'
        ? await this.consent(interaction)
        : await this.signIn(interaction);
    sendPage(response, page, { formAction: targetsOf(interaction) });
  }

  async sendAgain(response: Response, interaction: Interaction, attempt: Attempt): Promise<void> {
    const page = await this.signIn(interaction, attempt);
    sendPage(response, page, { status: attempt.status, formAction: targetsOf(interaction) });
  }

  private async signIn(interaction: Interaction, attempt?: Attempt): Promise<Html> {
    const { uid, params } = interaction;
    const action = `/interaction/${uid}`;
    const back = new URLSearchParams({ continue: action }).toString();
    const hint = params['login_hint'];
    return signInPage({
      action,
      clientName: (await this.interactions.clientOf(interaction)).name,
      identifier: attempt?.identifier ?? (typeof hint === 'string' ? hint : undefined),
      error: attempt?.error,
      forgotPasswordUrl: `/forgot-password?${back}`,
      registerUrl: `/register?${back}`,
      cancel: { action: `${action}/abort` },
    });
  }

  private async consent(interaction: Interaction): Promise<Html> {
    const { uid, session, params } = interaction;
    const account = session && (await this.accounts.active(session.accountId));
    const redirectUri = params['redirect_uri'];
    return consentPage({
      action: `/interaction/${uid}/consent`,
      clientName: (await this.interactions.clientOf(interaction)).name,
      scopes: scopesOf(interaction),
      account: account?.email ?? '',
      returnTo: typeof redirectUri === 'string' ? hostOf(redirectUri) : undefined,
    });
  }
}

/** What the client asks for, that it does not have yet; all of it where it asks to be asked. */
function scopesOf({ prompt, params }: Interaction) {
  const { missingOIDCScope, missingResourceScopes } = prompt.details;
  const ofResources: unknown[] = Object.values(missingResourceScopes ?? {});
  const names = [missingOIDCScope, ...ofResources].filter(isTexts).flat();
  const asked = typeof params['scope'] === 'string' ? params['scope'].split(' ') : [];
  const shown = names.length > 0 ? names : asked;
  return [...new Set(shown)].map((name) => ({ name, description: describeScope(name) }));
}

function targetsOf({ params }: Interaction): string[] {
  const redirectUri = params['redirect_uri'];
  return typeof redirectUri === 'string' ? [formActionSource(redirectUri)] : [];
}

function hostOf(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host === '' ? protocol : host;
}

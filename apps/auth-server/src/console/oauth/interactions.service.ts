import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { errors, type Interaction, type InteractionResults } from 'oidc-provider';
import { type AccountRow, AccountsService } from '../../accounts/accounts.service.js';
import type { Proof } from '../../credentials/credential.js';
import { saveWithFreshExpiry } from '../../oauth/provider/grants.js';
import { ClientsService } from '../../oauth/clients/clients.service.js';
import { OidcProviderHost } from '../../oauth/provider/provider.host.js';
import { SignInService } from '../../sign-in/sign-in.service.js';
import type { Problem } from '../../operation/http/problem.js';
import { formActionSource, Pages } from '../pages.js';
import { problemText, type WayBack } from '../views/error.page.js';
import type { PageContext } from '../views/layout.js';
import { consentPage, signInCodePage, signInPage } from '../views/sign-in.pages.js';
import { rememberSignIn, wayBackInBrowser, wayToClient } from './way-back.js';

/** Recognises a list of texts: the details of an interaction have no types. */
function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** The application that a person signs in to. */
interface AskingClient {
  readonly id: string;
  readonly name: string;
}

/** A request and its answer, as Express has them. */
interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

/** Authorization requests that need an answer of a person. */
@Injectable()
export class InteractionsService {
  constructor(
    private readonly host: OidcProviderHost,
    private readonly door: SignInService,
    private readonly clients: ClientsService,
  ) {}

  /**
   * Finds the interaction of this browser.
   *
   * @throws {errors.SessionNotFound} if it belongs to another browser, has expired, or is finished
   */
  async find({ request, response }: Exchange, uid: string): Promise<Interaction> {
    const found = await this.host.provider.interactionDetails(request, response);
    if (found.uid !== uid) throw new errors.SessionNotFound('interaction session not found');
    rememberSignIn(found, this.host.provider.issuer);
    return found;
  }

  /**
   * Finds the way on from an interaction that this browser cannot continue. Anyone can send a person to the
   * interaction of another browser: from there, no application is named that registered itself.
   */
  async wayBackFrom(uid: string): Promise<WayBack | undefined> {
    try {
      return await this.searchWayBack(uid);
    } catch {
      // The page of an error is shown during an outage, too.
      return undefined;
    }
  }

  private async searchWayBack(uid: string): Promise<WayBack | undefined> {
    const { provider } = this.host;
    const own = await wayBackInBrowser(provider, uid);
    if (own !== undefined) return own;
    const clientId = (await provider.Interaction.find(uid))?.params['client_id'];
    if (typeof clientId !== 'string' || !(await this.clients.isOperators(clientId)))
      return undefined;
    const client = await provider.Client.find(clientId);
    return client && wayToClient(client, provider.issuer);
  }

  async clientOf({ params }: Interaction): Promise<AskingClient> {
    const id = String(params['client_id']);
    const client = await this.host.provider.Client.find(id);
    if (client === undefined) throw new errors.InvalidClient('client not found');
    return { id, name: client.clientName ?? id };
  }

  /** Continues with an account whose owner was verified. The session starts when the browser returns. */
  async signIn(
    exchange: Exchange,
    uid: string,
    account: AccountRow,
    proofs: readonly Proof[],
  ): Promise<void> {
    const token = await this.door.completeOnPage(uid, account, proofs);
    const latest = Math.max(...proofs.map(({ at }) => at.getTime()));
    const amr = proofs.map(({ method }) => method);
    const login = { accountId: account.id, amr, ts: Math.floor(latest / 1000), token };
    await this.finish(exchange, { login });
  }

  /** Grants everything that is requested, and continues. */
  async allow(exchange: Exchange, { prompt, params, session, grantId }: Interaction) {
    const { Grant } = this.host.provider;
    if (session === undefined) throw new errors.SessionNotFound('the session has no sign-in');
    const known = grantId === undefined ? undefined : await Grant.find(grantId);
    const grant =
      known ?? new Grant({ accountId: session.accountId, clientId: String(params['client_id']) });
    const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = prompt.details;
    if (isTexts(missingOIDCScope)) grant.addOIDCScope(missingOIDCScope.join(' '));
    if (isTexts(missingOIDCClaims)) grant.addOIDCClaims([...missingOIDCClaims]);
    for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
      if (isTexts(scopes)) grant.addResourceScope(resource, scopes.join(' '));
    }
    await this.finish(exchange, { consent: { grantId: await saveWithFreshExpiry(grant) } });
  }

  /** Returns to the application with `access_denied` (RFC 6749, section 4.1.2.1). */
  async refuse(exchange: Exchange): Promise<void> {
    const error_description = 'the user denied the request';
    await this.finish(exchange, { error: 'access_denied', error_description });
  }

  private finish({ request, response }: Exchange, result: InteractionResults): Promise<void> {
    return this.host.provider.interactionFinished(request, response, result);
  }
}

/** A sign-in that failed. */
interface FailedAttempt {
  readonly identifier: string;
  readonly problem: Problem;
}

/** The pages on which a person answers an authorization request. */
@Injectable()
export class InteractionPages {
  constructor(
    private readonly interactions: InteractionsService,
    private readonly accounts: AccountsService,
    private readonly pages: Pages,
  ) {}

  async send(response: Response, interaction: Interaction): Promise<void> {
    const view =
      interaction.prompt.name === 'consent'
        ? await this.consent(interaction)
        : await this.signIn(interaction);
    this.pages.send(response, view, answerOptions(interaction));
  }

  async sendAgain(
    response: Response,
    interaction: Interaction,
    attempt: FailedAttempt,
  ): Promise<void> {
    const view = await this.signIn(interaction, attempt);
    const { status } = attempt.problem;
    this.pages.send(response, view, { status, ...answerOptions(interaction) });
  }

  /** Asks for the code of a challenge. */
  async sendChallenge(
    response: Response,
    interaction: Interaction,
    { token }: { readonly token: string },
    problem?: Problem,
  ): Promise<void> {
    const action = `/interaction/${interaction.uid}`;
    const { name: clientName } = await this.interactions.clientOf(interaction);
    const view = (ui: PageContext) =>
      signInCodePage(ui, {
        action: `${action}/code`,
        hidden: { challenge: token },
        clientName,
        errors: { code: problem && problemText(ui, problem.code).message },
        forgotPasswordUrl: `/forgot-password?${new URLSearchParams({ continue: action }).toString()}`,
        cancel: { action: `${action}/abort` },
      });
    const status = problem?.status ?? 200;
    this.pages.send(response, view, { status, ...answerOptions(interaction) });
  }

  private async signIn(interaction: Interaction, attempt?: FailedAttempt) {
    const { uid, params } = interaction;
    const action = `/interaction/${uid}`;
    const back = new URLSearchParams({ continue: action }).toString();
    const hint = params['login_hint'];
    const { name: clientName } = await this.interactions.clientOf(interaction);
    return (ui: PageContext) =>
      signInPage(ui, {
        action,
        clientName,
        identifier: attempt?.identifier ?? (typeof hint === 'string' ? hint : undefined),
        ...(attempt && failureOf(ui, attempt.problem)),
        forgotPasswordUrl: `/forgot-password?${back}`,
        registerUrl: `/register?${back}`,
        cancel: { action: `${action}/abort` },
      });
  }

  private async consent(interaction: Interaction) {
    const { uid, session, params } = interaction;
    const account = session && (await this.accounts.active(session.accountId));
    const redirectUri = params['redirect_uri'];
    const { name: clientName } = await this.interactions.clientOf(interaction);
    return (ui: PageContext) =>
      consentPage(ui, {
        action: `/interaction/${uid}/consent`,
        clientName,
        scopes: scopesOf(interaction),
        account: account?.email ?? '',
        returnTo: typeof redirectUri === 'string' ? hostOf(redirectUri) : undefined,
      });
  }
}

/** The errors of a sign-in that failed. A person whose account is locked needs to know for how long. */
function failureOf(ui: PageContext, { code, retryAfter }: Problem) {
  const { title, message } = problemText(ui, code, retryAfter);
  return code === 'account_locked' ? { errorTitle: title, error: message } : { error: message };
}

/** The scopes that the application requests and does not have yet; all of them if it asks again. */
function scopesOf({ prompt, params }: Interaction): readonly string[] {
  const { missingOIDCScope, missingResourceScopes } = prompt.details;
  const ofResources: unknown[] = Object.values(missingResourceScopes ?? {});
  const names = [missingOIDCScope, ...ofResources].filter(isTexts).flat();
  const requested = typeof params['scope'] === 'string' ? params['scope'].split(' ') : [];
  return [...new Set(names.length > 0 ? names : requested)];
}

function answerOptions({ params }: Interaction) {
  return { formAction: targetsOf(params), uiLocales: params['ui_locales'] };
}

function targetsOf(params: Interaction['params']): string[] {
  const redirectUri = params['redirect_uri'];
  return typeof redirectUri === 'string' ? [formActionSource(redirectUri)] : [];
}

function hostOf(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host === '' ? protocol : host;
}

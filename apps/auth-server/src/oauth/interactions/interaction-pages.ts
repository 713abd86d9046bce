import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { Interaction } from 'oidc-provider';
import { Accounts } from '../../accounts/accounts.js';
import { consentPage } from '../../pages/consent.page.js';
import { formActionSource } from '../../pages/form-action-source.js';
import type { Html } from '../../pages/html.js';
import { sendPage } from '../../pages/send-page.js';
import { signInPage } from '../../pages/sign-in.page.js';
import { describeScope } from '../configuration/oidc-claims.js';
import { Interactions } from './interactions.js';
import { isTexts } from './is-texts.js';

/** What came of an attempt to sign in. */
export interface Attempt {
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

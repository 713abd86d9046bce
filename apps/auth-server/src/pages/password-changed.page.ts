import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { nextLink } from './next-link.js';

export interface PasswordChangedModel {
  readonly signInUrl?: string | undefined;
}

export function passwordChangedPage({ signInUrl }: PasswordChangedModel): Html {
  return layout(
    { title: 'Password changed' },
    html`<p class="lead">
        Sign in with the new one from now on. Every session of your account has ended.
      </p>
      ${nextLink(signInUrl)}`,
  );
}

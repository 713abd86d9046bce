import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { nextLink } from './next-link.js';

export interface VerifiedModel {
  readonly signInUrl?: string | undefined;
  /** Where the way to a password is mailed to, where there is none yet. */
  readonly choosesAt?: string | undefined;
}

export function verifiedPage({ signInUrl, choosesAt }: VerifiedModel): Html {
  if (choosesAt !== undefined) return choosePage(choosesAt);
  return layout(
    { title: 'Address confirmed' },
    html`<p class="lead">Your account can be used now.</p>
      ${nextLink(signInUrl)}`,
  );
}

function choosePage(email: string): Html {
  return layout(
    { title: 'Choose a password next' },
    html`<p class="lead">
        Your address is confirmed. It was registered more than once, so no password counts yet: a
        mail is on its way to <strong><bdi>${email}</bdi></strong
        >, with a link to choose one.
      </p>
      <p class="hint">You can close this page.</p>`,
  );
}

import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { nextLink } from './next-link.js';

export interface VerifiedModel {
  readonly signInUrl?: string | undefined;
}

export function verifiedPage({ signInUrl }: VerifiedModel): Html {
  return layout(
    { title: 'Address confirmed' },
    html`<p class="lead">Your account can be used now.</p>
      ${nextLink(signInUrl)}`,
  );
}

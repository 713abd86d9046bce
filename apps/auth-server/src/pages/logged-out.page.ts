import { html, type Html } from './html.js';
import { layout } from './layout.js';

export interface LoggedOutModel {
  /** Who asked for it: named by the client itself. */
  readonly clientName?: string | undefined;
}

export function loggedOutPage({ clientName }: LoggedOutModel): Html {
  return layout(
    { title: 'Signed out' },
    html`<p class="lead">
      You are signed out${clientName !== undefined && html` of <bdi>${clientName}</bdi>`}. You can
      close this page.
    </p>`,
  );
}

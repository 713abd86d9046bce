import type { Problem } from '../../operation/http/problem.js';
import { html, type Html, layout } from './html.js';

export interface ErrorModel {
  readonly title: string;
  /** Stable, for programs and for support. */
  readonly code: string;
  /** A sentence for the person. */
  readonly message: string;
  /** The one next step. */
  readonly next: { readonly href: string; readonly label: string };
}

export function errorPage({ title, code, message, next }: ErrorModel): Html {
  return layout(
    { title, failed: true },
    html`<p class="lead">${message}</p>
      <p><a class="button" href="${next.href}">${next.label}</a></p>
      <dl class="facts">
        <div>
          <dt>Code</dt>
          <dd><code>${code}</code></dd>
        </div>
      </dl>`,
  );
}

const HOME = { href: '/', label: 'Go to the start page' };
const AGAIN = { href: '', label: 'Try again' };

/** What to show for the codes that people meet; everything else is shown with its own sentence. */
const SHOWN: Readonly<Record<string, Partial<ErrorModel>>> = {
  not_found: { title: 'Page not found', message: 'There is no page at this address.' },
  link_invalid: {
    title: 'This link no longer works',
    message: 'The link was used or has expired. Ask for a new one.',
    next: { href: '/forgot-password', label: 'Get a new link' },
  },
  interaction_expired: { title: 'This sign-in has expired' },
  server_error: { title: 'Something went wrong', next: AGAIN },
  unavailable: { title: 'Temporarily unavailable', next: AGAIN },
  overloaded: { title: 'Temporarily unavailable', next: AGAIN },
  rate_limited: { title: 'Too many requests', next: AGAIN },
  account_locked: {
    title: 'Too many failed sign-ins',
    message: 'Try again later, or choose a new password to sign in at once.',
    next: { href: '/forgot-password', label: 'Choose a new password' },
  },
};

/** The page of a problem. */
export function problemPage({ code, message }: Problem): Html {
  const shown = { title: 'This request could not be completed', message, next: HOME };
  return errorPage({ ...shown, ...SHOWN[code], code });
}

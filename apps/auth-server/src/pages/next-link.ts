import { html, type Html } from './html.js';

/** The way on from a page that has nothing more to ask; where there is none, back to the application. */
export function nextLink(signInUrl: string | undefined): Html {
  return signInUrl === undefined
    ? html`<p>Go back to the application to sign in. You can close this page.</p>`
    : html`<p><a class="button" href="${signInUrl}">Sign in</a></p>`;
}

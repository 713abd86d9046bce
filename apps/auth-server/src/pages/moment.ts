import { html, type Html } from './html.js';

/** A time of day, in UTC: a page without scripts does not know where its reader is. */
export function moment(at: Date): Html {
  const iso = at.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}

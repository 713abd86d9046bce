import type { RefusableFormModel } from './form.js';
import { html, type Html } from './html.js';

/** What was wrong, above the form, each with a link to its field. */
export function errorSummary({
  error,
  errors = {},
}: Pick<RefusableFormModel<string>, 'error' | 'errors'>): Html | undefined {
  const wrong = Object.entries(errors).filter(([, sentence]) => sentence !== undefined);
  if (error === undefined && wrong.length === 0) return undefined;
  return html`<div class="summary" role="alert">
    <h2>That did not work</h2>
    ${error !== undefined && html`<p>${error}</p> `}${
      wrong.length > 0 &&
      html`<ul>
        ${wrong.map(([name, sentence]) => html`<li><a href="#${name}">${sentence}</a></li> `)}
      </ul> `
    }
  </div>`;
}

import { form, type FormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** Posts `decision`: `allow` or `deny`. */
export interface ConsentModel extends FormModel {
  /** As the client calls itself. */
  readonly clientName: string;
  /** What it asks for. */
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
  /** Who is signed in. */
  readonly account: string;
  /** The host that the answer goes to: what a client cannot make up. */
  readonly returnTo?: string | undefined;
}

export function consentPage(model: ConsentModel): Html {
  const { clientName, scopes, account, returnTo } = model;
  return layout(
    { title: 'Allow access?' },
    html`<p class="lead">
        <strong><bdi>${clientName}</bdi></strong> asks for access to your account
        <bdi>${account}</bdi>.
      </p>
      ${
        scopes.length > 0 &&
        html`<h2>It would be able to</h2>
          <ul class="scopes">
            ${scopes.map(
              ({ name, description }) =>
                html`<li>
                  ${description} <code><bdi>${name}</bdi></code>
                </li> `,
            )}
          </ul> `
      }${
        returnTo !== undefined &&
        html`<p class="hint">
          Either way you go back to <strong><bdi>${returnTo}</bdi></strong
          >.
        </p> `
      }${form(
        model,
        html`<div class="choices">
          <button type="submit" name="decision" value="allow">Allow</button>
          <button type="submit" name="decision" value="deny" class="quiet">Deny</button>
        </div>`,
      )}`,
  );
}

import { form, type FormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** Posts `logout=yes`, or nothing of the kind. */
export type LogoutModel = FormModel;

export function logoutPage(model: LogoutModel): Html {
  return layout(
    { title: 'Sign out?' },
    html`<p class="lead">
        This ends your session here, and in the applications that you entered with it.
      </p>
      ${form(
        model,
        html`<div class="choices">
          <button type="submit" name="logout" value="yes">Sign out</button>
          <button type="submit" class="quiet">Stay signed in</button>
        </div>`,
      )}`,
  );
}

import { form, type FormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** Posts what is hidden: the token of the mail. */
export type VerifyEmailModel = FormModel;

/** A button, since programs that look for malware open every link of a mail. */
export function verifyEmailPage(model: VerifyEmailModel): Html {
  return layout(
    { title: 'Confirm your e-mail address' },
    html`<p class="lead">One press, and your account can be used.</p>
      ${form(model, html`<button type="submit">Confirm the address</button>`)}
      <p class="hint">You did not create an account? Close this page, and nothing happens.</p>`,
  );
}

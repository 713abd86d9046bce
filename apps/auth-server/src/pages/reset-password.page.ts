import { errorSummary } from './error-summary.js';
import { form, type RefusableFormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { newPasswordField, type NewPasswordModel } from './new-password.field.js';
import { passwordErrors } from './password-errors.js';

/** Posts `password`, and what is hidden: the token of the mail. */
export interface ResetPasswordModel extends RefusableFormModel<never>, NewPasswordModel {}

export function resetPasswordPage(model: ResetPasswordModel): Html {
  const summary = errorSummary(passwordErrors(model));
  return layout(
    { title: 'Choose a new password', failed: summary !== undefined },
    html`<p class="lead">You will be signed out everywhere else.</p>
      ${summary}
      ${form(
        model,
        html`${newPasswordField('New password', model)}
          <button type="submit">Change the password</button>`,
      )}`,
  );
}

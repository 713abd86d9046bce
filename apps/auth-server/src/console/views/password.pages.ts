import {
  errorSummary,
  field,
  form,
  newPasswordField,
  type NewPasswordModel,
  passwordErrors,
  type RefusableFormModel,
} from './form.js';
import { html, type Html, layout } from './html.js';
import { nextLink } from './sign-up.pages.js';

/** Posts `email`. */
interface ForgotPasswordModel extends RefusableFormModel<'email'> {
  readonly email?: string | undefined;
}

export function forgotPasswordPage(model: ForgotPasswordModel): Html {
  const summary = errorSummary(model);
  return layout(
    { title: 'Forgot your password?', failed: summary !== undefined },
    html`<p class="lead">We send you a link with which you choose a new one.</p>
      ${summary}
      ${form(
        model,
        html`${field({
            name: 'email',
            label: 'E-mail address',
            type: 'email',
            autocomplete: 'email',
            value: model.email,
            error: model.errors?.email,
          })} <button type="submit">Send the link</button>`,
      )}`,
  );
}

/** Posts `password`, and what is hidden: the token of the mail. */
interface ResetPasswordModel extends RefusableFormModel<never>, NewPasswordModel {}

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

interface PasswordChangedModel {
  readonly signInUrl?: string | undefined;
}

export function passwordChangedPage({ signInUrl }: PasswordChangedModel): Html {
  return layout(
    { title: 'Password changed' },
    html`<p class="lead">
        Sign in with the new one from now on. Every session of your account has ended.
      </p>
      ${nextLink(signInUrl)}`,
  );
}

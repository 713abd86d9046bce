import { html, type Html } from '../../operation/http/html.js';
import { errorSummary, field, form, type RefusableFormModel, submit } from './form.js';
import { layout, lead, type PageContext } from './layout.js';
import { newPasswordField, type NewPasswordModel, passwordErrors } from './new-password.js';
import { nextSignIn } from './sign-up.pages.js';

/** Posts `email`. */
interface ForgotPasswordModel extends RefusableFormModel<'email'> {
  readonly email?: string | undefined;
}

export function forgotPasswordPage(ui: PageContext, model: ForgotPasswordModel): Html {
  const text = ui.copy.forgotPassword;
  const summary = errorSummary(ui, model);
  const email = field(ui, {
    name: 'email',
    label: ui.copy.email,
    type: 'email',
    autocomplete: 'email',
    value: model.email,
    error: model.errors?.email,
  });
  return layout(
    ui,
    { title: text.title, failed: summary !== undefined },
    html`${lead(text.lead)} ${summary} ${form(ui, model, email, submit(text.submit))}`,
  );
}

/** Posts `password` and the hidden token of the mail. */
interface ResetPasswordModel extends RefusableFormModel<never>, NewPasswordModel {}

export function resetPasswordPage(ui: PageContext, model: ResetPasswordModel): Html {
  const text = ui.copy.resetPassword;
  const summary = errorSummary(ui, passwordErrors(ui, model));
  const password = newPasswordField(ui, ui.copy.password.newLabel, model);
  return layout(
    ui,
    { title: text.title, failed: summary !== undefined },
    html`${lead(text.lead)} ${summary} ${form(ui, model, password, submit(text.submit))}`,
  );
}

interface PasswordChangedModel {
  readonly signInUrl?: string | undefined;
}

export function passwordChangedPage(ui: PageContext, { signInUrl }: PasswordChangedModel): Html {
  const { title, lead: sentence } = ui.copy.passwordChanged;
  return layout(ui, { title }, html`${lead(sentence)} ${nextSignIn(ui, signInUrl)}`);
}

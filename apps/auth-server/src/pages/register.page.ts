import { errorSummary } from './error-summary.js';
import { field } from './field.js';
import { form, type RefusableFormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { newPasswordField, type NewPasswordModel } from './new-password.field.js';
import { passwordErrors } from './password-errors.js';

/** Posts `email`, `name`, `username` and `password`; those left empty are empty. */
export interface RegisterModel
  extends RefusableFormModel<'email' | 'name' | 'username'>, NewPasswordModel {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly username?: string | undefined;
  readonly signInUrl?: string | undefined;
}

export function registerPage(model: RegisterModel): Html {
  const { email, name, username, signInUrl, errors } = model;
  const summary = errorSummary(passwordErrors(model));
  return layout(
    { title: 'Create an account', failed: summary !== undefined },
    html`${summary}
    ${form(
      model,
      html`${field({
          name: 'email',
          label: 'E-mail address',
          type: 'email',
          autocomplete: 'email',
          value: email,
          error: errors?.email,
        })}
        ${field({
          name: 'name',
          label: 'Name',
          type: 'text',
          autocomplete: 'name',
          value: name,
          error: errors?.name,
          optional: true,
        })}
        ${field({
          name: 'username',
          label: 'Username',
          type: 'text',
          autocomplete: 'username',
          value: username,
          hint: 'To sign in with instead of the address.',
          error: errors?.username,
          optional: true,
        })}
        ${newPasswordField('Password', model)} <button type="submit">Create the account</button>`,
    )}
    ${
      signInUrl !== undefined &&
      html`<ul class="links">
        <li><a href="${signInUrl}">Sign in to an account that you have</a></li>
      </ul>`
    }`,
  );
}

import { errorSummary } from './error-summary.js';
import { field } from './field.js';
import { form, type RefusableFormModel } from './form.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { newPasswordField, type NewPasswordModel } from './new-password.field.js';
import { passwordErrors } from './password-errors.js';

/** Posts `email`, `name` and `password`, and what is hidden: the token of the link. */
export interface FirstAdministratorModel
  extends RefusableFormModel<'email' | 'name'>, NewPasswordModel {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
}

export function firstAdministratorPage(model: FirstAdministratorModel): Html {
  const { email, name, errors } = model;
  const summary = errorSummary(passwordErrors(model));
  return layout(
    { title: 'The first administrator', failed: summary !== undefined },
    html`<p class="lead">
        This platform has no administrator yet. The account that you make here may do everything.
      </p>
      ${summary}
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
          ${newPasswordField('Password', model)}
          <button type="submit">Make the administrator</button>`,
      )}`,
  );
}
